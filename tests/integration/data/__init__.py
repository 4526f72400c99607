"""What the API does with data: keys and positions of writes, pages, exports, and live changes."""
