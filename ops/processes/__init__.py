"""Child processes and private files, safe against whatever else runs here."""
