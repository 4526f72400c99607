"""A switch by hand, and of some users, on real parts (manual#steps)."""
