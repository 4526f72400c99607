"""Switches that were explained, and what a test asks of every explanation."""
