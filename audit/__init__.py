"""Replay of stored history for auditors."""
