"""The facts of a case for somebody outside, redacted."""
