"""Credit, recovery, support and troubles as an operator meets them."""
