"""The emulated cloud: a stateful server that speaks the vendor's contract and referees every switch."""
