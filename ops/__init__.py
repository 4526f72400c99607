"""Running the product: settings, logging and the embedded stack."""
