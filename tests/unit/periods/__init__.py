"""Facts of billing periods, terms and proration."""
