"""What is ordered, carried over, billed and invoiced."""
