"""Pages about who may act here: sign-in, the own account, and people."""
