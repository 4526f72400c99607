"""What steps read of the directory: users, their services, and who may still write."""
