"""What the sandbox takes: a body that is not allowed is refused by field, value and what is allowed."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from domain.kernel.errors import InvalidInput
from sandbox.cloud.answers import MAX_BODY_BYTES, read_content
from sandbox.kernel.bodies import (
    Body,
    Day,
    Instant,
    Integer,
    OneOf,
    OpenBody,
    Quantity,
    Text,
    read_body,
    read_kind,
)

PART_BYTES = 1024 * 1024
DAYS = "from 2000-01-01 to 2199-12-31"


class _Line(Body):
    day: Day
    quantity: Quantity | None = None


class _Order(Body):
    name: Text
    amount: Integer = 0
    term: Annotated[str, OneOf(["month", "year"])] = "month"
    lines: list[_Line] = []  # noqa: RUF012 - pydantic copies it
    first: _Line | None = None
    is_paid: bool = False
    at: Instant | None = None


class _Known(OpenBody):
    name: Text


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"name": ""}, "order.name is ''; allowed: a text that is not empty."),
        ({"name": None}, "order.name is not given; allowed: a text that is not empty."),
        ({"amount": True}, "order.amount is true; allowed: a whole number of -1,000,000,000,000,000 to"),
        ({"amount": 10**18}, "order.amount is 1000000000000000000; allowed: a whole number of -1,000,"),
        ({"term": "week"}, "order.term is 'week'; allowed: one of month, year."),
        ({"lines": [{"day": "9999-12-31"}]}, f"order.lines[0].day is '9999-12-31'; allowed: a date {DAYS}."),
        ({"lines": [{}]}, f"order.lines[0].day is not given; allowed: a date {DAYS}."),
        ({"lines": 5}, "order.lines is 5; allowed: a list of"),
        (
            {"first": {"day": "2026-11-01", "quantity": 0}},
            "order.first.quantity is 0; allowed: a whole number",
        ),
        (
            {"first": {"color": 1, "day": "2026-11-01"}},
            "color is 1; allowed: no field; there are day, quantity.",
        ),
        ({"first": 5}, "order.first is 5; allowed: a JSON object."),
        ({"is_paid": 1}, "order.is_paid is 1; allowed: true or false."),
        (
            {"at": "2026-11-01T10:00:00"},
            "order.at is '2026-11-01T10:00:00'; allowed: an instant with its zone",
        ),
        ({"at": "0001-01-01T00:00:00+14:00"}, f"such as 2026-11-22T10:00:00Z, {DAYS}."),
        ({"color": 1}, "order.color is 1; allowed: no field; there are name, amount, term, lines,"),
    ],
)
def test_a_field_is_refused_by_its_place_its_value_and_what_is_allowed(
    given: dict[str, Any], refusal: str
) -> None:
    """Nothing of the validator's own words is in a refusal, however deep the field stands."""
    with pytest.raises(InvalidInput) as refused:
        read_body(_Order, {"name": "x"} | given, "order")

    assert refusal in refused.value.message


def test_what_is_no_object_is_refused_as_a_whole() -> None:
    """A list in the place of a body names no field."""
    with pytest.raises(InvalidInput, match=r"^body is an empty list; allowed: a JSON object\.$"):
        read_body(_Order, [])


def test_days_are_read_as_days_and_unknown_fields_of_an_open_body_are_left_out() -> None:
    """Interfaces for other programs take what they do not know, the control API does not."""
    assert read_body(_Line, {"day": "2026-11-01"}).day == date(2026, 11, 1)
    assert read_body(_Known, {"name": "x", "color": 1}).model_dump() == {"name": "x"}


@pytest.mark.parametrize("given", [{}, {"kind": "other"}, {"kind": ["known"]}, [], None])
def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(given: Any) -> None:
    """The word under the tag chooses the model."""
    with pytest.raises(InvalidInput, match=r"^edits\[2\]\.kind is .*; allowed: one of known\.$"):
        read_kind({"known": _Known}, given, "kind", "edits[2]")


def test_a_body_that_is_too_large_is_not_kept_whole() -> None:
    """Of 100 MB no more is kept than shows that they are too many; the rest is read and forgotten."""
    left = 100

    async def receive() -> Message:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": b"x" * PART_BYTES, "more_body": left > 0}

    content = asyncio.run(read_content(Request({"type": "http"}, receive)))

    assert MAX_BODY_BYTES < len(content) <= MAX_BODY_BYTES + PART_BYTES
    assert left == 0
