"""Fault programs: each kind does what docs/reliability.md says."""
