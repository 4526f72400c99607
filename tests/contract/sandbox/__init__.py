"""The emulated cloud against the vendor's contract and ours."""
