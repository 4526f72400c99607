"""A second person decides about what was requested, and what they approve is carried out at once."""
