"""Facts of a switch in the record, and of what operators may do with it."""
