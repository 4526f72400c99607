"""Locks of the database that have nothing to do with each other have numbers of their own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_NUMBER = re.compile(r"\b7_?306_?11\d_?\d{3}\b")


def test_no_two_modules_take_the_same_advisory_lock() -> None:
    """A resent notice waited for ever at the lock that the active projector holds."""
    files = [each for layer in ("store", "projections") for each in (ROOT / layer).rglob("*.py")]
    files += (ROOT / "store" / "migrations").glob("*.sql")
    numbers = Counter(
        number
        for file in files
        for number in {found.replace("_", "") for found in _NUMBER.findall(file.read_text(encoding="utf-8"))}
    )
    assert len(numbers) >= 7
    assert {number for number, count in numbers.items() if count > 1} == set()
