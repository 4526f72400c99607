"""The seeded runs in short."""
