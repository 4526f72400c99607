"""A switch of many users in a store of its own, and how fast an auditor is told its past."""
