"""The organization: its live switch and locks, its roles, domains and plans."""
