"""Databases of tests and who signs in to them."""
