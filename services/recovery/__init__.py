"""Workflows that are lost, in trouble, or handled from outside, paired with the record."""
