"""Checkouts by API, pages and command line."""
