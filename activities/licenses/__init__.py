"""The license move: groups of users in batches, directory groups, sweep and verification."""
