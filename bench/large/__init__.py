"""A switch of many users, and how fast its story and its states are told."""
