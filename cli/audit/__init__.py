"""Commands of the audit, each with its text."""
