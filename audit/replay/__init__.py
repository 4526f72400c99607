"""Replay of the histories of a switch with today's program: what it decided then, and what it decides now."""
