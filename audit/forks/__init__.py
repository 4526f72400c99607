"""Logs of seals that follow another one after a restore: what the first leaf declares, and what was lost."""
