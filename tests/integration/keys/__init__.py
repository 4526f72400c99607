"""Keys of the installation, rolled on a real database."""
