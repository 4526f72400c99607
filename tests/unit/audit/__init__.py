"""Facts of the audit and of what may leave the installation."""
