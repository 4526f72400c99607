"""Promises, and the invoice after the cutover."""
