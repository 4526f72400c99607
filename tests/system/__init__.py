"""Whole installations: real processes beside parts of the operating system."""
