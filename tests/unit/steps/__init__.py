"""Facts of steps and workflows: points, proofs, signatures, calls."""
