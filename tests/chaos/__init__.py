"""Kills and faults on the whole stack."""
