"""How each part of the installation is, as the others see it."""
