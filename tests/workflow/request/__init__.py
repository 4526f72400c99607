"""From the request to the order: asked, refused, waiting, scheduled."""
