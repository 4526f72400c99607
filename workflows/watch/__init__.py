"""The watches: instants, promises, and the invoice."""
