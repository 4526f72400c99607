"""The order at the seller, until the new subscription is ready."""
