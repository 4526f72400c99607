"""The `planswitch` command."""
