"""The outside as protocols: one file for each party."""
