"""Facts of the quote, the cutover and the books."""
