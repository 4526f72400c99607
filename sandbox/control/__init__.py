"""The control API: edits by hand, planted faults, and what happens beside a call."""
