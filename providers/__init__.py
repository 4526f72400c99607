"""Adapters to the outside: the vendor's cloud and the sandbox that emulates it."""
