"""States of a switch as of a place in its log."""
