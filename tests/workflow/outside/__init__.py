"""What comes over Temporal's own port: messages, results, strangers (ADR 19)."""
