"""The organizations that an installation looks after, over a console."""
