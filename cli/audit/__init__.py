"""Commands of the record: the audit, and the bundle for support."""
