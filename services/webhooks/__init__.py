"""Webhooks: what operators do with endpoints, and the sender that runs in each worker process."""
