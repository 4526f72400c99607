"""Use cases of checkouts: drafts, sections and orders."""
