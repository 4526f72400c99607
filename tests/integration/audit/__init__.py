"""Bundles of switches: made, checked and altered."""
