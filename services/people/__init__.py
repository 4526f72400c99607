"""Who may act here: accounts and grants, API keys, sessions, and sign-in at a provider (docs/people.md)."""
