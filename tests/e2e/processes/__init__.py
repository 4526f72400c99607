"""The product as its user runs it: whole processes, from the command line."""
