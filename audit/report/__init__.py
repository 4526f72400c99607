"""The report of a switch for whoever was not there: every amount, state, a page that prints (ADR 36)."""
