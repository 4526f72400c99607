"""Workers of two builds beside each other."""
