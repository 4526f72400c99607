"""Providers over our own interfaces (docs/api): billing, credit bureau, notices, callbacks."""
