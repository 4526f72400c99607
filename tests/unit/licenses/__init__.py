"""Facts of moving licenses: who, with which services, how fast."""
