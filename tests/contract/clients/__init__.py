"""Our clients against the emulated cloud and the vendor's own description."""
