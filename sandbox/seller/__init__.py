"""The emulated seller: carts, orders, subscriptions, and questions before an order."""
