"""Licenses of users and groups: who moves first, who can't, with which services, how fast."""
