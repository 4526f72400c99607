"""The organization: its live switch and locks, its ids, roles, domains and plans."""
