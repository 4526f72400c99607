"""The operations of the API by subject, each in a module of its own."""
