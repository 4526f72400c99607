"""Mail: one message to one mail server."""
