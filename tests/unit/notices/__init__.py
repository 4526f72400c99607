"""Facts of notices, nothing started."""
