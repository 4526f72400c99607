"""A switch as console and command line show it."""
