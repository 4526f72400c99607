"""The authority: it gives tokens over TLS as the vendor's sign-in does, to applications and people."""
