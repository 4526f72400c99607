"""How this installation stands at the vendor: what it may do, and whom it looks after."""
