"""Who may do what in the database: one role for each kind of process (ADR 32)."""
