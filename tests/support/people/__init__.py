"""Providers of sign-ins, and consoles behind a proxy."""
