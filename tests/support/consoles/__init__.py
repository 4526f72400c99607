"""Consoles over a world, terminals, stores, and wrong inputs for them."""
