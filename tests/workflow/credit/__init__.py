"""Credit checks, their deadlines and their answers."""
