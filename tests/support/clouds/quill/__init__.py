"""Quill, another vendor, in the tests' own process: one user per call, plans changed in place, late lists."""
