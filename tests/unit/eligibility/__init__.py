"""Facts of eligibility: every code, its edges, its words."""
