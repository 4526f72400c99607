"""Seeded runs: what goes wrong, who operates, and what must hold at the end."""
