"""Assess and quote a switch, the same for previews, requests and steps."""
