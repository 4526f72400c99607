"""Formats of transparency logs, which strangers verify: trees, signed notes, tiles, proofs (ADR 31)."""
