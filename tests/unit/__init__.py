"""Facts of one module, without anything outside it."""
