"""The application over PostgreSQL: pool, recorder, transcodings and rows."""
