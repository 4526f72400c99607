"""Histories of workflows: the archive that outlives Temporal's retention, and their replay."""
