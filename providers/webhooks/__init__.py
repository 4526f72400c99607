"""Sending of webhooks over HTTP: to a checked address, without redirects, in a bounded time."""
