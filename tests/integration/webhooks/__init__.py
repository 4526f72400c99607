"""Webhooks over a real database and real HTTP."""
