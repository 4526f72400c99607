"""Lengths of time in words."""

from __future__ import annotations


def duration(seconds: int) -> str:
    """Return seconds as people say them, rounded up; a bigger unit where ten of it are reached."""
    for unit, size, least in (("day", 86_400, 864_000), ("hour", 3_600, 36_000), ("minute", 60, 60)):
        if seconds >= least:
            count = -(-seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
