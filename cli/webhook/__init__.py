"""`planswitch webhook`: commands, and what they print."""
