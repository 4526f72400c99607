"""Business rules of a plan switch: pure functions and aggregates, no I/O and no clock."""
