"""Reports over the API, as pages and by the command line."""
