"""Facts of the console: its words, forms, documents and limits."""
