"""Facts of the catalog, its services and its import."""
