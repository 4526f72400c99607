"""Requests that wait until their switch may be, and waiting for what is shown."""
