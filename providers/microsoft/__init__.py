"""The vendor's directory, health board and seller as ports of a switch."""
