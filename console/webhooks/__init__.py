"""Webhooks at the console: what is sent and answered, the routes of the API, and the pages."""
