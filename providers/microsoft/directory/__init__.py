"""The vendor's directory: users, groups, license changes in batches."""
