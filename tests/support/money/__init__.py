"""An independent ledger, chains of switches, and planted money errors."""
