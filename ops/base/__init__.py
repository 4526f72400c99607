"""What every process stands on: settings, logging, messages, and where the code lies."""
