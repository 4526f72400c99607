"""One call to a provider: its line, its answer, and what the answer means."""
