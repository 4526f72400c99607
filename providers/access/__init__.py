"""Who lets us in at a cloud: profiles of clouds, tokens, and sign-in."""
