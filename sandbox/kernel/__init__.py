"""What the emulated cloud is made of: model, plans, clock, and the journal."""
