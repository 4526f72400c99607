"""Facts of settings, secrets, files and processes."""
