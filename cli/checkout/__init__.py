"""Commands of a checkout, with their text."""
