"""Who asks: sign-in, keys, wrong tries, and what a request works with."""
