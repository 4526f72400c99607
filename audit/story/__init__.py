"""The story of a switch: events, steps, waits, money, verdict."""
