"""People and service accounts, their keys and sessions: what is stored of who may act here."""
