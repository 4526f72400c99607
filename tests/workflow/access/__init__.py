"""Switches whose access to the cloud ends, is lost, and comes back."""
