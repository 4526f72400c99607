"""Organizations with products to act on."""
