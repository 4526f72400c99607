"""Walks from a refusal to its remedy, on real parts."""
