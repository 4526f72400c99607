"""Endpoints about who may act here."""
