"""Reads of the shown read models: single rows, lists and counts."""
