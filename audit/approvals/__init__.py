"""Proofs of approvals that somebody without a key of the installation can check (docs/audit.md#approvals)."""
