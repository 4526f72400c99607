"""Live states of switches, captured while they run, and held against what the record gives back."""
