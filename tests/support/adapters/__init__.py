"""The adapters as a whole: every operation that they can send, and every request that they do send."""
