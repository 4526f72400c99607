"""Tests of the audit over a real store."""
