"""Use cases of access to real clouds: who is signed in, sign-in and sign-out."""
