"""Programs of others, which verify what we seal."""
