"""Who acts, and what was granted to them."""
