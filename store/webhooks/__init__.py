"""Webhooks at rest: endpoints and their secrets, deliveries, the queue, and how far the log is read."""
