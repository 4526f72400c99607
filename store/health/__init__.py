"""Signs of life, troubles of workflows, and since when steps carry proofs."""
