"""How far dates, instants and numbers of a request may reach, so that nothing computed from them overflows.

Months and days are added to dates, seconds to instants, and prices multiply quantities; JSON ends at 64 bits.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from domain.kernel.shown_values import shown_value
from sandbox.cloud.answers import HTTP_UNPROCESSABLE, Refusal

DAY_FIRST, DAY_LAST = date(2000, 1, 1), date(2199, 12, 31)
#: Licenses of one subscription.
QUANTITY_MAX = 10_000_000
#: Minor units of one amount, and everything else that is counted.
INTEGER_MAX = 10**15
_DAYS = f"a date from {DAY_FIRST} to {DAY_LAST}"
_INSTANTS = f"an instant with its zone, such as 2026-11-22T10:00:00Z, from {DAY_FIRST} to {DAY_LAST}"


def invalid(text: str) -> Refusal:
    """Return the refusal of a field that is not what it must be."""
    return Refusal(HTTP_UNPROCESSABLE, "INVALID_FIELD", text)


def wrong(field: str, value: Any, allowed: str) -> Refusal:
    """Return the refusal of a value, with what is allowed in its place."""
    return invalid(f"{field} is {shown_value(value)}; allowed: {allowed}.")


def day_of(value: Any, field: str) -> date:
    """Return the day that a text names.

    Raises:
        Refusal: It names none, or one that is too far.
    """
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(field, value, _DAYS) from None
    if not DAY_FIRST <= day <= DAY_LAST:
        raise wrong(field, value, _DAYS)
    return day


def require_instant(value: Any, field: str) -> None:
    """Refuse a text that names no instant, or one that is too far.

    Raises:
        Refusal: It is such a text.
    """
    try:
        at = datetime.fromisoformat(value)
        is_near = at.tzinfo is not None and DAY_FIRST <= at.astimezone(UTC).date() <= DAY_LAST
    except (TypeError, ValueError, OverflowError):
        is_near = False
    if not is_near:
        raise wrong(field, value, _INSTANTS)


def integer_of(value: Any, field: str, *, minimum: int | None = None, maximum: int = INTEGER_MAX) -> int:
    """Return a whole number.

    Raises:
        Refusal: It is none, or out of its range.
    """
    least = -maximum if minimum is None else minimum
    if type(value) is not int or not least <= value <= maximum:
        raise wrong(field, value, f"an integer from {least} to {maximum}")
    return value
