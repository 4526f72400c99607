"""Who calls: applications, people, what they may do, and the tokens that say so."""
