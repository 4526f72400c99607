"""The catalog as imports change it and switches keep it."""
