"""A receiver of webhooks, and webhooks over a real database."""
