"""What an organization owns, as people look after it: how each product stands, and acts on it."""
