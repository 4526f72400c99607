"""Parts together with the real database, servers and files."""
