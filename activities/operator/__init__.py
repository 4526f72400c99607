"""Commands of operators on a running switch, and licenses by hand."""
