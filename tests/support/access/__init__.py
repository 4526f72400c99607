"""Access to a real cloud: authorities, certificates, profiles, and worlds that sign in."""
