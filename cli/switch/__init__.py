"""Commands of a switch, each with its text."""
