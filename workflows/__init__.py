"""Temporal workflows: order and waiting, nothing else."""
