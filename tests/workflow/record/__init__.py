"""What a switch leaves behind and tells: events, waits, promises, alarms."""
