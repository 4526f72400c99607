"""Profiles, tokens and sign-in."""
