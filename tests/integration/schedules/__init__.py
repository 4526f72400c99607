"""Requests that are scheduled or wait, over a whole console."""
