"""What tests of figures and traces need."""
