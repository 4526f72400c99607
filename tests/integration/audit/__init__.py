"""The audit by API and command line, over a whole world."""
