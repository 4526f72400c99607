"""Use cases of switches: ask, start, wait, and how they are shown."""
