"""Who may act here, over real PostgreSQL, real HTTP and a real provider of sign-ins."""
