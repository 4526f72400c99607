"""What became of users: outcomes, drift, services, licenses by hand."""
