"""Users and groups move, nobody ever without."""
