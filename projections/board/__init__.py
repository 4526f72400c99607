"""The board: rows, folded purely from events."""
