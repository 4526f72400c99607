"""What tests of whole switches share: requests, money, faults and histories."""
