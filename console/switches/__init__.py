"""Switches at the edge: asking, bodies and their messages, and how switches are shown."""
