"""Cancellation of the old subscription, and what hung on it."""
