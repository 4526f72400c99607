"""The organizations that an installation looks after, and what the first look at each of them tells."""
