"""The vendor's published list, from bytes to a new version of the catalog."""
