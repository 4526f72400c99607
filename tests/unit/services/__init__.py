"""Facts of the use cases: sending, waiting, and threads."""
