"""Dates and numbers that overflow: no field of the sandbox takes one with which it can't compute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E1, E3, World, open_world

_DATES = [
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "+12345-01-01",
]
_NUMBERS = [10**18, -(10**18), 2**63, 2**64 - 1, 1e300, -1e300, 10**9]
_EXTREMES: list[Any] = [*_DATES, *_NUMBERS]
_ORGANIZATION = {
    "seed": 8,
    "users": 3,
    "plan_id": E1,
    "period_start_on": "2026-11-01",
    "options": {
        "quantity": 5,
        "missing_usage_location": 0,
        "group_licensed": 0,
        "custom_term_end_on": "2026-11-30",
        "billing_day": 30,
        "profile": {"balance_due_minor_units": 0, "closing_days": ["2026-12-24"], "cut_off_hour": 9},
    },
}
_DAYS = {"from_on": "2026-11-10", "to_on": "2026-11-30"}
_LINE = {"kind": "free", "amount_minor_units": 0, "code": "x", "quantity": 1, **_DAYS}
_BILLING = {
    "stop": {"effective_on": "2026-11-10"},
    "credits": {"amount_minor_units": 1, "currency": "EUR", "reason": "x", **_DAYS},
    "start": {
        "currency": "EUR",
        "effective_on": "2026-11-10",
        "period_end_on": "2026-12-10",
        "quantity": 5,
        "unit_price_minor_units": 2000,
        "amount_minor_units": 1000,
        "billing_day": 10,
    },
}
_INVOICE = {
    "switch_id": "x",
    "lines": [_LINE],
    "tax_minor_units": 0,
    "total_minor_units": 0,
    "currency": "EUR",
    "payment_method": "card",
}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox in which it is 10 November 2026."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _extreme(body: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield a body with one date or number of it put to each extreme, with the field and the value."""
    if isinstance(body, dict):
        for name, value in body.items():
            for field, given, other in _extreme_of(name, value):
                yield field, given, {**body, name: other}
    if isinstance(body, list):
        for number, value in enumerate(body):
            for field, given, other in _extreme_of("", value):
                yield field, given, [*body[:number], other, *body[number + 1 :]]


def _extreme_of(name: str, value: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(value, dict | list):
        for field, given, other in _extreme(value):
            yield field or name, given, other
    elif _is_figure(value):
        yield from ((name, given, given) for given in _EXTREMES)


def _is_figure(value: Any) -> bool:
    """Tell whether a value of a body is a number, a date or an instant."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number or (isinstance(value, str) and value[:2] == "20")


def _requests(world: World) -> Iterator[tuple[str, Any]]:
    own, made = f"/sandbox/organizations/{world.made['organization_id']}", world.made
    yield "/sandbox/organizations", _ORGANIZATION
    for action, body in _BILLING.items():
        yield world.billing(f"/subscriptions/{made['subscription_id']}/{action}"), body
    yield world.billing("/invoices"), _INVOICE
    user = world.user_ids()[0]
    changes = {"quantity": 40, "ready_at": "2026-11-10T00:00:00Z", "grace_ends_at": "2026-12-10T00:00:00Z"}
    one = {"subscription_id": made["subscription_id"]}
    for edit in (
        {"kind": "subscription", **one, "changes": changes},
        {"kind": "quantity", **one, "quantity": 41, "from_on": "2026-11-10"},
        {"kind": "purchase", "plan_id": E3, "quantity": 5, "is_billed": True},
        {"kind": "refusal", "user_id": user, "status": 400, "times": 1, "text": "x"},
        {"kind": "profile", "changes": {"balance_due_minor_units": 1, "closing_days": ["2026-12-24"]}},
        {"kind": "group_error", "user_id": user, "error": None, "times": 1},
    ):
        yield f"{own}/edits", edit
    yield world.seller("/carts"), {"LineItems": [{"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 5}]}
    settings = world.get("/sandbox/settings")
    yield "/sandbox/settings", {name: value for name, value in settings.items() if name != "faults"}


def test_no_date_and_no_number_is_too_large_to_be_refused(world: World) -> None:
    """Each field is put to years 1 and 9999, and beyond 64 bits: what can't be computed with is a 4xx.

    Where our own interfaces refuse one they name field, value and what is allowed. Whatever was taken, the
    sandbox can still be read.
    """
    faults: list[Any] = []
    seen = 0
    usual = world.get("/sandbox/settings")
    for path, body in _requests(world):
        for field, given, changed in _extreme(body):
            key = {"Idempotency-Key": str(seen), "MS-RequestId": str(seen)}
            answer = world.call("POST", path, changed, key)
            seen += 1
            if answer.status_code >= 500 or not _is_told(path, field, answer):
                faults.append((path, field, given, answer.status_code, answer.text[:200]))
            if answer.status_code < 400:
                faults += [(path, field, given, *each) for each in _unreadable(world)]
        if path == "/sandbox/settings":
            world.settings(**usual)

    assert faults == []
    assert seen > 300


def _is_told(path: str, field: str, answer: Any) -> bool:
    """Tell whether a refusal of our own interfaces names the field, and the range where it is out of one."""
    if answer.status_code != 422 or not path.startswith(("/sandbox", "/billing")):
        return True
    detail = answer.json()["detail"]
    return field in detail or "must add up" in detail


def _unreadable(world: World) -> Iterator[tuple[str, int]]:
    """Yield what can't be read any more."""
    paths = (
        "/sandbox/organizations",
        world.billing("/ledger"),
        world.billing(f"/subscriptions/{world.made['subscription_id']}"),
        world.seller("/subscriptions"),
        "/v1.0/subscribedSkus",
        "/sandbox/referee",
    )
    for path in paths:
        status = world.call("GET", path).status_code
        if status != 200:
            yield path, status


@pytest.mark.parametrize("given", ["0001-01-01", "9999-12-31", "9999-12-01"])
def test_a_period_too_far_is_refused_with_what_is_allowed(world: World, given: str) -> None:
    """A month after the year 9999 is no day: field, value and range are told."""
    answer = world.call("POST", "/sandbox/organizations", {**_ORGANIZATION, "period_start_on": given})

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_FIELD")
    allowed = "a date from 2000-01-01 to 2199-12-31"
    assert answer.json()["detail"] == f"period_start_on is '{given}'; allowed: {allowed}."


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/users?$top=" + "9" * 5_000,
        "/v1.0/users?$top=²",
        "/v1.0/users?$skip=" + "9" * 5_000,
    ],
)
def test_a_number_of_a_query_that_no_number_is_is_refused(world: World, path: str) -> None:
    """Thousands of digits, and digits that make no number, are a refusal of the directory's own form."""
    answer = world.call("GET", path)

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"]
