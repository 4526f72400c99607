"""How this installation stands with an organization at the vendor: calls, permissions, relationship."""
