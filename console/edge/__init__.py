"""The edge of the console: what is looked at before a route, and after it."""
