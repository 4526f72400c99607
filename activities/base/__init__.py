"""The shape of a step, and what every step stands on."""
