"""The provider of sign-ins, by OpenID Connect."""
