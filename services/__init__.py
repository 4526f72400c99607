"""Use cases: what routes, pages, command line and recovery have in common."""
