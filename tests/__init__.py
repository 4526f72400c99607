"""Tests by level."""
