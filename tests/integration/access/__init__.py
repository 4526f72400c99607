"""Access to a real cloud over a whole console: profiles, sign-in, sign-out."""
