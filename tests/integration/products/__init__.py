"""Products over API, command line and pages."""
