"""Every reason and every finding as a table, with their words and acknowledgments."""
