"""What tests of operator commands share: switches that are stopped, paused, taken back."""
