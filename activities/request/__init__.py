"""From the accepted request to the reservation, and the wait before it."""
