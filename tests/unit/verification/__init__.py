"""Tests of the parts of a verification."""
