"""How products stand, and what acts on them mean."""
