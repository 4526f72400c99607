"""The sandbox as authority: tokens, consents, relationships, and their faults."""
