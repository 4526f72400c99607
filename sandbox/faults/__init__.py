"""Fault programs: which calls go wrong, how, and at which of their hits."""
