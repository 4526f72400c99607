"""The projector, its tables, and rebuilds."""
