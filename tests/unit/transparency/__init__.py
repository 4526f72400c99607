"""Facts of the formats of transparency logs."""
