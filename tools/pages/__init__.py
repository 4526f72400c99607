"""Pages that are written from tables in the code."""
