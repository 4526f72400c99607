"""The switch in the record: its stages, its state, its credit check, and its events."""
