"""Second verifier of audit bundles: this folder needs nothing but Python 3.11 and OpenSSL 3 (ADR 36)."""
