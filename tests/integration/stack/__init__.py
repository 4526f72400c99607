"""The embedded stack, its servers, how its parts look from outside, and the wheels that bring it."""
