"""Facts of the command line."""
