"""The switch as a workflow."""
