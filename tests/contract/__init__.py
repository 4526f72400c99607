"""Wire contracts, checked against their specifications."""
