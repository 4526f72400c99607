"""Checks of what is locked: hashes, licenses, withdrawn versions, known vulnerabilities."""
