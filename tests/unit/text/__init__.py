"""Facts of text and JSON from outside."""
