"""Verification: whether the record is what was sealed. It shares no code with what writes or seals it."""
