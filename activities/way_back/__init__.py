"""The way back: a switch that is taken back, and users who return to the old plan."""
