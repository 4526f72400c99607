"""Whole worlds of real parts, and the clocks and losses in them."""
