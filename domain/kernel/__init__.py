"""What every rule stands on: money, calendar, errors, ids, and the base of every stored event."""
