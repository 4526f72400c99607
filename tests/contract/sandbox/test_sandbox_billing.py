"""The sandbox's billing and notices answer as docs/api says, once per key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.kernel.money import round_half_up
from tests.support.clouds.sandbox_world import World, move_whole_organization, open_world, own_contract

NOTICE = {"kind": "completed", "switch_id": "s", "subject": "Done", "body": "Everybody has moved."}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _checked(answer: httpx2.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    own_contract("billing", "/billing/v1").check(answer, answer.request.url.path)
    return answer.json()


def _invoice(**changes: Any) -> dict[str, Any]:
    return {
        "switch_id": "s",
        "lines": [
            {"kind": "charge", "amount_minor_units": 500, "reference_id": "a"},
            {"kind": "credit", "amount_minor_units": -600, "reference_id": None},
        ],
        "tax_minor_units": -19,
        "total_minor_units": -119,
        "currency": "EUR",
        "payment_method": "card",
    } | changes


def test_profile_and_period_fit_the_description(world: World) -> None:
    """The profile and the paid period fit docs/api/billing.yaml and agree with what was made."""
    profile = _checked(world.call("GET", world.billing("")), 200)
    period = _checked(
        world.call("GET", world.billing(f"/subscriptions/{world.made['subscription_id']}")), 200
    )

    assert (profile["currency"], profile["balance_due_minor_units"]) == ("EUR", 0)
    assert period["paid_minor_units"] == period["quantity"] * period["unit_price_minor_units"]
    assert period["period_start_on"] <= "2026-11-10" < period["period_end_on"]
    assert period["state"] == "billing"


def test_ordered_subscription_is_not_started(world: World) -> None:
    """Before its start a subscription shows the period that a start today would have."""
    target = world.order()["lineItems"][0]["subscriptionId"]
    period = _checked(world.call("GET", world.billing(f"/subscriptions/{target}")), 200)

    assert (period["state"], period["paid_minor_units"]) == ("not_started", 0)
    assert (period["period_start_on"], period["period_end_on"]) == ("2026-11-10", "2026-12-10")


def test_cutover_is_in_the_ledger(world: World) -> None:
    """Stop, credit, charge and invoice are entries of the ledger, and every answer fits the description."""
    target = move_whole_organization(world)
    invoice = _checked(
        world.call("POST", world.billing("/invoices"), _invoice(), {"Idempotency-Key": "i"}), 201
    )
    ledger = _checked(world.call("GET", world.billing("/ledger")), 200)["entries"]
    period = _checked(world.call("GET", world.billing(f"/subscriptions/{target}")), 200)

    assert invoice["charged_minor_units"] == -119
    assert [entry["kind"] for entry in ledger][-4:] == ["stop", "credit", "charge", "invoice"]
    assert (period["state"], period["paid_minor_units"]) == ("billing", 100)


def test_same_key_has_its_effect_once(world: World) -> None:
    """The same key and body get the recorded answer, also after a restart; another body is 409."""
    first = world.call("POST", world.billing("/invoices"), _invoice(), {"Idempotency-Key": "i"})
    world.restart()
    again = world.call("POST", world.billing("/invoices"), _invoice(), {"Idempotency-Key": "i"})
    other = world.call("POST", world.billing("/invoices"), _invoice(switch_id="t"), {"Idempotency-Key": "i"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert _checked(other, 409)["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    "changes",
    [
        {"total_minor_units": -118},
        {"currency": "USD"},
        {"lines": []},
        {"payment_method": "cash"},
        {"tax_minor_units": 1.5},
    ],
)
def test_wrong_invoices_are_refused(world: World, changes: dict[str, Any]) -> None:
    """An invoice that does not add up or names a wrong field is 422 and books nothing."""
    before = world.get(world.billing("/ledger"))
    _checked(world.call("POST", world.billing("/invoices"), _invoice(**changes)), 422)

    assert world.get(world.billing("/ledger")) == before


def test_more_than_was_paid_is_not_credited(world: World) -> None:
    """A credit above what was paid for the period is 409."""
    days = {"from_on": "2026-11-10", "to_on": world.made["period_end_on"], "reason": "switch"}
    money = {"amount_minor_units": world.made["paid_minor_units"] + 1, "currency": "EUR"}
    answer = world.bill(world.made["subscription_id"], "credits", days | money, "k")

    assert _checked(answer, 409)["code"] == "CREDIT_EXCEEDS_PAID"


def test_stopping_twice_keeps_the_first_day(world: World) -> None:
    """The day on which billing stopped is fixed by the first call."""
    source = world.made["subscription_id"]
    first = _checked(world.bill(source, "stop", {"effective_on": "2026-11-10"}, "1"), 200)
    second = _checked(world.bill(source, "stop", {"effective_on": "2026-11-12"}, "2"), 200)

    assert first == second == {"stopped_on": "2026-11-10"}


def _state(world: World) -> tuple[str, str, str]:
    """Return state, first day and end of the source's period."""
    path = world.billing(f"/subscriptions/{world.made['subscription_id']}")
    period = _checked(world.call("GET", path), 200)
    return period["state"], period["period_start_on"], period["period_end_on"]


def test_a_stop_that_is_taken_back_leaves_no_trace_in_the_money(world: World) -> None:
    """Inside the paid period the days go on as they were paid; once per key, and never without a stop."""
    source, before = world.made["subscription_id"], _state(world)
    idle = _checked(world.bill(source, "resume", {}, "0"), 200)
    _checked(world.bill(source, "stop", {"effective_on": "2026-11-10"}, "1"), 200)
    stopped = _state(world)
    world.restart()
    answers = [_checked(world.bill(source, "resume", {}, key), 200) for key in ("2", "2", "3")]
    late = _checked(world.bill(source, "stop", {"effective_on": "2026-11-10"}, "1"), 200)
    ledger = _checked(world.call("GET", world.billing("/ledger")), 200)["entries"]

    assert idle == {"resumed_on": before[1]}
    assert stopped == ("stopped", *before[1:])
    assert answers == [{"resumed_on": "2026-11-10"}] * 2 + [{"resumed_on": before[1]}]
    assert late == {"stopped_on": "2026-11-10"}, "a late writer's stop is answered by its key"
    assert _state(world) == before
    assert [entry["kind"] for entry in ledger if entry["kind"] != "charge"] == ["stop", "resume"]
    assert {entry["reason"] for entry in ledger if entry["kind"] == "charge"} == {"paid in advance"}


def test_nothing_renews_while_billing_is_stopped_and_all_of_it_when_it_resumes(world: World) -> None:
    """The period stays that of the stop; resumed, each renewal that fell due is charged for its own days."""
    source, end = world.made["subscription_id"], world.made["period_end_on"]
    _checked(world.bill(source, "stop", {"effective_on": "2026-11-10"}, "1"), 200)
    world.clock.advance(days=70)
    assert _state(world)[2] == end
    _checked(world.bill(source, "resume", {}, "2"), 200)

    entries = world.get(world.billing("/ledger"))["entries"]
    charges = [each for each in entries if (each["kind"], each["subscription_id"]) == ("charge", source)]
    assert [each["from_on"] for each in charges] == [
        world.made["period_start_on"],
        *(each["to_on"] for each in charges[:-1]),
    ]
    assert len(charges) > 2
    assert _state(world)[0] == "billing"
    assert (world.referee()["unbilled_days"], world.referee()["double_charges"]) == (0, 0)


def test_what_never_started_is_not_resumed(world: World) -> None:
    """An ordered subscription has no billing that could go on: 409."""
    target = world.order()["lineItems"][0]["subscriptionId"]

    assert _checked(world.bill(target, "resume", {}, "1"), 409)["code"] == "BILLING_NOT_STARTED"


def test_an_invoice_tells_days_that_nobody_pays_for(world: World) -> None:
    """A line without money keeps its rule, days and licenses; half of them is refused."""
    days = {"code": "BILLING_STOPS_AT_ORDER", "from_on": "2026-11-10", "to_on": "2026-11-14", "quantity": 40}
    line = {"kind": "free", "amount_minor_units": 0, "reference_id": None}
    lines = [*_invoice()["lines"], line | days]
    _checked(world.call("POST", world.billing("/invoices"), _invoice(lines=lines)), 201)
    wrong = world.call("POST", world.billing("/invoices"), _invoice(lines=[line | {"code": "X"}]))

    (entry,) = [each for each in world.get(world.billing("/ledger"))["entries"] if each["kind"] == "invoice"]
    assert entry["lines"][-1] == line | days
    assert _checked(wrong, 422)["code"] == "INVALID_FIELD"


def test_invoice_by_invoice_is_owed(world: World) -> None:
    """Paid by invoice nothing is charged at once, and the balance grows."""
    body = _invoice(payment_method="invoice", tax_minor_units=600, total_minor_units=500)
    answer = _checked(world.call("POST", world.billing("/invoices"), body), 201)

    assert answer["charged_minor_units"] == 0
    assert world.get(world.billing(""))["balance_due_minor_units"] == 500


def _invoice_with_credit(world: World) -> str:
    """Carry out a cutover and invoice its credit; return the path of the invoice's status."""
    move_whole_organization(world)
    credit = next(one for one in world.get(world.billing("/ledger"))["entries"] if one["kind"] == "credit")
    lines = _invoice()["lines"]
    body = _invoice(lines=[lines[0], lines[1] | {"reference_id": credit["entry_id"]}])
    issued = _checked(world.call("POST", world.billing("/invoices"), body), 201)
    return world.billing(f"/invoices/{issued['invoice_id']}")


def test_invoice_is_delivered_at_once_and_its_credit_settles_later(world: World) -> None:
    """By default an invoice is there when it is issued; by card the credit's money takes five days."""
    path = _invoice_with_credit(world)

    fresh = _checked(world.call("GET", path), 200)
    world.clock.advance(days=5)
    settled = _checked(world.call("GET", path), 200)

    assert fresh["delivered_at"] == fresh["issued_at"]
    assert (fresh["credit_settled_on"], settled["credit_settled_on"]) == (None, "2026-11-15")


def test_delivery_takes_as_long_as_it_is_set_to(world: World) -> None:
    """The delay counts from the issue and survives a restart; an edit delivers and settles at once."""
    world.settings(invoice_delivery_delay_seconds=86_400.0)
    path = _invoice_with_credit(world)
    world.clock.advance(hours=23)
    world.restart()
    early = _checked(world.call("GET", path), 200)
    world.edit(kind="invoice_delivery")
    world.edit(kind="credit_settlement")
    world.restart()
    there = _checked(world.call("GET", path), 200)

    assert early["delivered_at"] is None
    assert there["delivered_at"].startswith("2026-11-11T08:30")
    assert there["credit_settled_on"] == "2026-11-11"


def test_unknown_invoice_is_not_found(world: World) -> None:
    """Neither an unknown id nor another entry of the ledger is an invoice."""
    move_whole_organization(world)
    entry = world.get(world.billing("/ledger"))["entries"][0]["entry_id"]

    for invoice_id in ("unknown", entry):
        answer = world.call("GET", world.billing(f"/invoices/{invoice_id}"))
        assert _checked(answer, 404)["code"] == "UNKNOWN_INVOICE"


def test_period_renews_itself(world: World) -> None:
    """After the period's end the next one is charged once, in advance."""
    world.clock.advance(days=35)
    path = world.billing(f"/subscriptions/{world.made['subscription_id']}")
    first, second = world.get(path), world.get(path)

    assert first == second
    assert first["period_start_on"] == world.made["period_end_on"]
    charges = [entry for entry in world.get(world.billing("/ledger"))["entries"] if entry["kind"] == "charge"]
    mine = [one for one in charges if one["subscription_id"] == world.made["subscription_id"]]
    assert [one["reason"] for one in mine] == ["paid in advance", "renewal"]
    assert world.referee()["unbilled_days"] == 0


def test_billing_day_at_the_end_of_a_month_is_a_number(world: World) -> None:
    """A subscription of the 31st renews on 31 January, 28 February and 31 March: it does not drift."""
    world.make(seed=31, period_start_on="2026-10-31")
    world.clock.advance(days=160)
    path = world.billing(f"/subscriptions/{world.made['subscription_id']}")
    period = _checked(world.call("GET", path), 200)
    entries = world.get(world.billing("/ledger"))["entries"]
    mine = [one for one in entries if one.get("subscription_id") == world.made["subscription_id"]]

    ends = [one["to_on"] for one in mine if one["kind"] == "charge"]
    assert ends == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert (period["billing_day"], period["period_end_on"]) == (31, "2027-04-30")


def test_started_period_renews_on_the_stated_billing_day(world: World) -> None:
    """A first part that ends on 28 February renews on the 31st where its start states that day."""
    target = move_whole_organization(world)
    money = {"currency": "EUR", "amount_minor_units": 100, "unit_price_minor_units": 2000, "quantity": 40}
    days = {"effective_on": "2027-02-10", "period_end_on": "2027-02-28"}
    refused = world.bill(
        target, "start", money | days | {"billing_day": 30, "period_end_on": "2027-02-27"}, "no"
    )
    started = world.bill(target, "start", money | days | {"billing_day": 31}, "again")
    period = world.get(world.billing(f"/subscriptions/{target}"))

    assert (refused.status_code, started.status_code) == (422, 201)
    assert period["billing_day"] == 31


def test_notice_is_sent_once_per_key(world: World) -> None:
    """A notice is kept, and its key sends it once (docs/api/notices.yaml)."""
    path = f"/notices/v1/customers/{world.made['organization_id']}/notices"
    contract = own_contract("notices", "/notices/v1")
    answers = [world.call("POST", path, NOTICE, {"Idempotency-Key": "n"}) for _ in range(2)]
    listed = world.call("GET", path)
    for answer in (*answers, listed):
        contract.check(answer, path)

    assert answers[0].json() == answers[1].json()
    assert [notice["subject"] for notice in listed.json()["notices"]] == ["Done"]
    assert world.call("POST", path, NOTICE | {"subject": ""}).status_code == 422


def test_an_alarm_calls_whom_it_names_once_per_key_and_is_no_notice(world: World) -> None:
    """A call to the installation's contact is kept apart from what the organization is told."""
    notices = f"/notices/v1/customers/{world.made['organization_id']}/notices"
    path = f"/notices/v1/customers/{world.made['organization_id']}/alarms"
    alarm = {"to": "operations@example.com", "switch_id": "s", "subject": "Late", "body": "Look."}
    contract = own_contract("notices", "/notices/v1")
    answers = [world.call("POST", path, alarm, {"Idempotency-Key": "a"}) for _ in range(2)]
    listed = world.call("GET", path)
    for answer in (*answers, listed):
        contract.check(answer, path)

    assert answers[0].json() == answers[1].json()
    assert [each["to"] for each in listed.json()["alarms"]] == ["operations@example.com"]
    assert world.call("GET", notices).json()["notices"] == []
    assert world.call("POST", path, alarm | {"to": ""}).status_code == 422


def test_licenses_bought_inside_a_period_are_booked_for_the_days_left(world: World) -> None:
    """10 more on the period's 11th day cost what is left of it; the lines add up to what was paid."""
    source, start = world.made["subscription_id"], date.fromisoformat(world.made["period_start_on"])
    end = date.fromisoformat(world.made["period_end_on"])
    bought = world.made["quantity"] + 10
    world.edit(kind="quantity", subscription_id=source, quantity=bought, from_on=_day(start, 10))
    world.edit(kind="quantity", subscription_id=source, quantity=bought - 3, from_on=_day(start, 20))
    world.restart()
    period = _checked(world.call("GET", world.billing(f"/subscriptions/{source}")), 200)
    lines = _lines(world, source, start, end)

    price, days = world.made["unit_price_minor_units"], (end - start).days
    added, removed = (round_half_up(Fraction(price * n * (days - d), days)) for n, d in ((10, 10), (3, 20)))
    amounts = [line["amount_minor_units"] for line in lines]
    assert amounts == [world.made["paid_minor_units"], added, -removed]
    assert [line["quantity"] for line in lines] == [world.made["quantity"], 10, -3]
    assert [line["from_on"] for line in lines] == [_day(start, number) for number in (0, 10, 20)]
    assert sum(amounts) == period["paid_minor_units"] - period["credited_minor_units"]
    assert period["quantity"] == bought - 3
    assert world.referee()["double_charges"] == 0


def test_quantity_changed_at_the_seller_is_booked_from_today(world: World) -> None:
    """The seller's own change of licenses is in the ledger as well, once per key."""
    source, today = world.made["subscription_id"], date(2026, 11, 10)
    path = world.seller(f"/subscriptions/{source}")
    resource = world.get(path)
    tag = {"If-Match": f'"{resource["attributes"]["etag"]}"', "MS-RequestId": "more"}
    resource["quantity"] += 5
    answers = [world.call("PATCH", path, resource, tag) for _ in range(2)]
    end = date.fromisoformat(world.made["period_end_on"])
    lines = _lines(world, source, date.fromisoformat(world.made["period_start_on"]), end)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [line["quantity"] for line in lines] == [world.made["quantity"], 5]
    assert (lines[1]["from_on"], lines[1]["to_on"]) == (today.isoformat(), end.isoformat())


def test_lines_of_another_period_are_told_after_a_renewal(world: World) -> None:
    """The days that are asked for decide, not the present period: a renewal in between moves nothing."""
    source = world.made["subscription_id"]
    start, end = (date.fromisoformat(world.made[name]) for name in ("period_start_on", "period_end_on"))
    world.clock.advance(days=35)
    before = _lines(world, source, start, end)
    after = _lines(world, source, end, end + timedelta(days=31))

    assert [line["amount_minor_units"] for line in before] == [world.made["paid_minor_units"]]
    assert [line["from_on"] for line in after] == [end.isoformat()]


def test_lines_of_nothing_known_are_refused(world: World) -> None:
    """An unknown subscription is 404, days that are none are 422."""
    days = "from_on=2026-11-01&to_on=2026-12-01"
    unknown = world.call("GET", world.billing(f"/subscriptions/{NOTICE['switch_id']}/lines?{days}"))
    wrong = world.call(
        "GET", world.billing(f"/subscriptions/{world.made['subscription_id']}/lines?from_on=soon&to_on=late")
    )

    assert _checked(unknown, 404)["code"] == "UNKNOWN_SUBSCRIPTION"
    assert _checked(wrong, 422)["code"] == "INVALID_FIELD"


def _day(start: date, number: int) -> str:
    return (start + timedelta(days=number)).isoformat()


def _lines(world: World, subscription_id: str, start: date, end: date) -> list[dict[str, Any]]:
    path = f"/subscriptions/{subscription_id}/lines?from_on={start}&to_on={end}"
    lines: list[dict[str, Any]] = _checked(world.call("GET", world.billing(path)), 200)["lines"]
    return lines
