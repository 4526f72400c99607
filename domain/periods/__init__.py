"""Time that is paid for: billing periods, terms, and what a part of a period stands for."""
