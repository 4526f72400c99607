"""The embedded stack: its parts, its supervisor, its keys and its folder."""
