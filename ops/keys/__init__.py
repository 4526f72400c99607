"""Keys of the installation: made, rolled, listed, and each act recorded (docs/keys.md)."""
