"""Drafts of orders: start, change, look, order, give up."""
