"""The state of a switch as of a place in the log, rebuilt from its events, and what changed between two."""
