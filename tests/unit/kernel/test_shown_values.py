"""A refusal shows the refused value short, and in nobody's programming language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from domain.kernel.shown_values import Words, shown_value


class Color(Enum):
    """A word of a closed list."""

    RED = "red"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "not given"),
        (True, "true"),
        (12, "12"),
        (2.5, "2.5"),
        (Decimal("1E+3"), "1000"),
        (10**30, "1" + "0" * 30),
        pytest.param(10**5_000, "a number too long to be shown", id="5,001 digits"),
        ("E9", "'E9'"),
        ("", "''"),
        ("two\nlines", "'two\\nlines'"),
        ("a" * 81, f"'{'a' * 80}' and so on, 81 characters"),
        (Words("given twice"), "given twice"),
        (date(9999, 12, 31), "9999-12-31"),
        (datetime(2026, 11, 10, 9, tzinfo=UTC), "2026-11-10T09:00:00+00:00"),
        (Color.RED, "'red'"),
        (b"abc", "3 bytes"),
        ({}, "an empty object"),
        ({"a": 1}, "an object"),
        ([], "an empty list"),
        ([0, "x"], "[0, 'x']"),
        ([1] * 21, "a list of 21"),
        (("a" * 90,), "a list of 1"),
    ],
)
def test_a_value_is_shown_as_a_person_would_write_it(value: Any, shown: str) -> None:
    """What is long is cut and counted, what is nested is only named."""
    assert shown_value(value) == shown
