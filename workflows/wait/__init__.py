"""A request that waits until its switch may be."""
