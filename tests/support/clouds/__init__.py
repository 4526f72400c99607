"""The emulated cloud and scripted servers in a test's hand."""
