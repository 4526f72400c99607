"""What operators may do with a running switch, and what calls for them."""
