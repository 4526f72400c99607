"""The end of a switch: administration is unlocked, the organization is told, the switch is closed."""
