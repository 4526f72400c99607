"""What every command stands on: the console's address, errors, questions and request ids."""
