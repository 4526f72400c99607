"""Notices by mail: derived from the log, sent by the workers, and looked after by administrators."""
