"""The vault of personal data, and the keys that open it."""
