"""A switch by hand: steps that an operator starts, and what was done in the vendor's own pages."""
