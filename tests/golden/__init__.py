"""Stored events that every later version must be able to read."""
