"""Notices by mail: their part of the API, and their page."""
