"""Endpoints of what an auditor asks."""
