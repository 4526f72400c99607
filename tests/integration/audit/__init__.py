"""Tests of the audit: over a real store, and by API and command line over a whole world."""
