"""Commands of the catalog, with their text."""
