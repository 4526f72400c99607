"""Who asked for a step: signatures of commands and proofs of steps (ADR 19)."""
