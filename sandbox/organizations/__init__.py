"""Organizations that the emulated cloud makes up: people, plans and other products."""
