"""Eligibility: the checks, what they look at, and the answer."""
