"""The quote of a switch by cutover day, and the cutover that bills it."""
