"""The subscription: source and target of a switch, its name, and its books."""
