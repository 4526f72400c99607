"""Webhooks: which recorded events other systems get, where they may be sent, and what an answer means."""
