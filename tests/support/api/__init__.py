"""Requests that strangers' tools draw from the document of the API."""
