"""Seals of the record: what a leaf says, the sealer's keys, and the folder that is published."""
