"""The emulated directory: users, groups, license pools and batches."""
