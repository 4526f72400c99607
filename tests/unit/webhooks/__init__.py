"""Rules of webhooks, without a database."""
