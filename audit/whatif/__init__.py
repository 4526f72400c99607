"""What other rules, another catalog, calendar or policy would have decided, from recorded inputs."""
