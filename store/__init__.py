"""Event store on PostgreSQL: the record of every switch."""
