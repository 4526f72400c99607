"""Facts of drafts, plans, schedules and requests that wait."""
