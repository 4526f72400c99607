"""What needs a second person is requested here, before anything is sent (approvals#the-way-of-a-request)."""
