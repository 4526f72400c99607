"""Asking the rules: assess, quote and preview a switch, and what an answer leads to."""
