"""Notices by mail on the command line: lists, recipients, sending again, a test."""
