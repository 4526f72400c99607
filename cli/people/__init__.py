"""Commands about who may act here: people, keys, and recovery on the machine."""
