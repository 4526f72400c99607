"""The referee: what users, days and money went through, from the journal alone."""
