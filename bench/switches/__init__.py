"""How many whole switches a stack completes, beside its floor and its peer."""
