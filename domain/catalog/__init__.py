"""The catalog: plans, tiers, offers, services, add-ons and rule sets."""
