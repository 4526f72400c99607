"""The vendor's seller: orders, subscriptions and parties."""
