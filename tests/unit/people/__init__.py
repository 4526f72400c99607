"""Rules about who may act here."""
