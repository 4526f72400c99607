"""What every workflow stands on: steps, messages, proofs, and patch ids."""
