"""The emulated seller: carts, orders, subscriptions and what may be asked before."""
