"""Checks changes of a billing profile that are planted or asked for when an organization is made."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from sandbox.billing.billing import SETTLEMENT_DAYS
from sandbox.cloud.answers import Refusal
from sandbox.cloud.bounds import DAY_FIRST, DAY_LAST, INTEGER_MAX, day_of, invalid, wrong

SEGMENTS = frozenset({"commercial", "education", "government", "nonprofit"})
LAST_HOUR = 23
_COUNTRY = re.compile(r"[A-Z]{2}")
_RATE = re.compile(r"0(\.\d{1,4})?")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_day_list(value: Any) -> bool:
    try:
        return isinstance(value, list) and all(day_of(one, "closing_days") for one in value)
    except Refusal:
        return False


def _is_hour(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= LAST_HOUR)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)


_CHECKS = {
    "display_name": (_is_text, "a text"),
    "country": (lambda value: _is_text(value) and bool(_COUNTRY.fullmatch(value)), "two capital letters"),
    "subdivision": (lambda value: value is None or _is_text(value), "a text or null"),
    "time_zone": (lambda value: value in available_timezones(), "an IANA zone"),
    "segment": (lambda value: value in SEGMENTS, f"one of {', '.join(sorted(SEGMENTS))}"),
    "tax_rate": (lambda value: _is_text(value) and bool(_RATE.fullmatch(value)), "a decimal such as 0.19"),
    "balance_due_minor_units": (
        lambda value: type(value) is int and abs(value) <= INTEGER_MAX,
        f"an integer from {-INTEGER_MAX} to {INTEGER_MAX}",
    ),
    "payment_method": (lambda value: value in SETTLEMENT_DAYS, "card or invoice"),
    "custom_domains": (_is_text_list, "a list of texts"),
    "closing_days": (_is_day_list, f"a list of dates from {DAY_FIRST} to {DAY_LAST}"),
    "cut_off_hour": (_is_hour, "an hour from 0 to 23, or null"),
}


def check_profile(changes: Any) -> None:
    """Check changes of a billing profile; the currency can't be changed.

    Raises:
        Refusal: A field is unknown or wrong (422).
    """
    if not isinstance(changes, dict) or set(changes) - set(_CHECKS):
        raise invalid(f"A profile's fields are: {', '.join(_CHECKS)}.")
    for name, value in changes.items():
        is_right, allowed = _CHECKS[name]
        if not is_right(value):
            raise wrong(name, value, allowed)
