"""What is stored: aggregates, logs, rosters, outcomes, checkouts and catalogs."""
