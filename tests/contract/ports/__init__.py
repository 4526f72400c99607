"""What each port promises: one class of tests for each, which every adapter passes."""
