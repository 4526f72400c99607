"""What comes over Temporal from outside: the doors, and commands (ADR 19)."""
