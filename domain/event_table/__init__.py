"""What is declared of each stored event: where it leads, what it changes, and what it says."""
