"""Notices in tests: a mail server, a sender as a process, recorded stories."""
