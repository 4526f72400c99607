"""What tests of the license move share: users who fail, drift, hold and wait."""
