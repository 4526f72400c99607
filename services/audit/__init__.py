"""The audit of a switch where it needs more than the record: the log of seals and Temporal's histories."""
