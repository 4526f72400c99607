"""Facts of the emulated cloud and its referee."""
