"""Where Temporal is, and how it lets the processes in."""
