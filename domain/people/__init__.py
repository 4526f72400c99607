"""People and service accounts: who acts, in which role, for which organizations."""
