"""Text and JSON from outside: what is taken, how it is read, and how a refusal words it."""
