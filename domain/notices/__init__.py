"""Notices by mail: which recorded events cause one, what it says, and what became of it."""
