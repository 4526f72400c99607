"""The plan of the accepted quote beside what happened: time, locks, users, money and services."""
