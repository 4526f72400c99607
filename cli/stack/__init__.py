"""Commands of the stack: demo, doctor, processes, projections, backup."""
