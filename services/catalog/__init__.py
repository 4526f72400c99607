"""Imports of published lists as versions of the catalog."""
