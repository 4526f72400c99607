"""Approvals by a second person in API and pages (docs/approvals.md)."""
