"""Helpers of development; no part of the installed product."""
