"""Whole switches at another vendor."""
