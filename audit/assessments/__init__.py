"""Recorded assessments and refusals, as a reader sees them."""
