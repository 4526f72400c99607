"""What the client of mail servers promises, against a real one."""
