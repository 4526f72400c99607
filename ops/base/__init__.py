"""What every process stands on: settings, logging, messages, rounds, and where the code lies."""
