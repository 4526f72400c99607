"""Facts of the organizations that an installation looks after."""
