"""The credit check, step by step."""
