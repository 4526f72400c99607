"""Lists of the emulated directory: filters, order, pages and rows."""
