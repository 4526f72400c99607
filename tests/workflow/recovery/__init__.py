"""Faults, lost workflows and replays: the switch goes on."""
