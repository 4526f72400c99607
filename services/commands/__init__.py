"""Commands to a running switch, or to a request that waits: one way for page, API and bureau."""
