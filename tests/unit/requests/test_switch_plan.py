"""The plan of a switch that is told before the order: steps, locks, services, dates, money, add-ons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from activities.assessment.preflight import promises_of
from activities.base.promise_contract import VOID_WARNING_HOURS
from domain.catalog.addons import AddonFate
from domain.catalog.catalog import load_catalog
from domain.catalog.disabled_services import UserServices
from domain.catalog.rule_sets import RuleSet, rule_set
from domain.kernel.calendar import duration
from domain.quote.quote import quote
from domain.quote.quote_input import QuotedAddon
from domain.requests.switch_plan import VOID_WARNING, PlanFacts, SwitchPlan, advise, switch_plan
from tests.support.stories.quote_inputs import END, billed, euros, terms

E1, E3 = load_catalog().find("E1"), load_catalog().find("E3")
SHAREPOINT = next(each for each in E1.service_plans if each.name == "SHAREPOINTSTANDARD").service_plan_id
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400
STORAGE = QuotedAddon(
    subscription_id="storage",
    plan_id="storage-plan",
    name="Extra storage",
    quantity=4,
    is_carried=True,
    billed=billed(subscription_id="storage", quantity=4, unit_price=euros(100), paid=euros(400)),
)


def plan(
    combinations: Mapping[tuple[str, ...], int] | None = None,
    *,
    rules: str | RuleSet = "current",
    **changes: Any,
) -> SwitchPlan:
    """Return the plan of a switch of 100 users from E1 to E3."""
    facts = PlanFacts(
        source=E1,
        target=E3,
        quote=quote(terms()),
        rules=rule_set(rules) if isinstance(rules, str) else rules,
        users=100,
        quantity=104,
        service_settings="keep",
        combinations={
            UserServices(disabled=off): users for off, users in (combinations or {(): 100}).items()
        },
        addons=(),
        may_need_credit_check=False,
        promises=promises_of(100),
        time_zone="Europe/Berlin",
        now=NOW,
    )
    return switch_plan(replace(facts, **changes))


@pytest.mark.parametrize("rules", ["2014", "2020", "current"])
def test_amounts_that_a_rule_set_lacks_in_a_currency_are_told(rules: str) -> None:
    """Nobody compared the order with an invoice minimum or a credit threshold (rules#rule-sets)."""
    known = rule_set(rules)
    crowns = {"NOK": 1}
    unknown = replace(known, invoice_minimum_minor_units=crowns, credit_threshold_minor_units=crowns)

    assert known.lacks_amounts("NOK")
    for may_need in (False, True):
        words = plan(rules=unknown, may_need_credit_check=may_need).credit_check
        assert "has no amounts in EUR" in words
        assert "no amounts" not in plan(rules=known, may_need_credit_check=may_need).credit_check


def test_a_rule_set_without_any_amounts_tells_of_none() -> None:
    """The demo has neither minimum nor threshold, in no currency."""
    assert not rule_set("demo").lacks_amounts("NOK")


def test_steps_come_in_the_order_of_the_rules_and_tell_where_the_way_back_ends() -> None:
    """Nine steps and a credit check where one may be (switch#steps); no way back from the cancellation."""
    told = plan(may_need_credit_check=True).steps

    assert [step.name for step in told] == [
        "order",
        "credit_check",
        "provisioning",
        "freeze",
        "license_move",
        "verification",
        "cancellation",
        "billing",
        "completion",
        "invoice",
    ]
    assert next(step.name for step in told if not step.has_way_back) == "cancellation"
    assert "credit_check" not in [step.name for step in plan().steps]
    promises = {step.name: step.promise for step in told if step.promise}
    assert promises == {
        "credit_check": "up to 2 business days",
        "license_move": "1 minute",
        "completion": "10 minutes for all, checks aside",
        "invoice": "within 30 days",
    }


@pytest.mark.parametrize(
    ("rules", "is_checked", "begin"),
    [
        ("current", False, "freeze"),
        ("current", True, "freeze"),
        ("2014", True, "freeze"),
        ("2020", False, "freeze"),
        ("2020", True, "credit_check"),
    ],
)
def test_administration_is_locked_from_the_step_that_the_rule_set_says(
    rules: str,
    is_checked: bool,  # noqa: FBT001 - a column of the table
    begin: str,
) -> None:
    """From the license move on; in 2020 already during the credit check (rules#rule-sets)."""
    locks = {each.lock: each for each in plan(rules=rules, may_need_credit_check=is_checked).locks}

    assert (locks["administration"].from_step, locks["administration"].to_step) == (begin, "completion")
    assert locks["administration"].promised_seconds == HOUR
    assert ("commerce" in locks) == is_checked


def test_by_hand_no_lock_is_promised_to_end() -> None:
    """An operator decides how long the steps take; the same is locked, from the same step (manual#steps)."""
    by_hand = plan(quote=quote(replace(terms(), mode="manual")), may_need_credit_check=True)
    by_itself = plan(may_need_credit_check=True)

    assert {each.promised_seconds for each in by_hand.locks} == {None}
    assert [replace(each, promised_seconds=None) for each in by_itself.locks] == list(by_hand.locks)


def test_promises_grow_with_the_users() -> None:
    """Computed from users and quota (rules#promises), never below ten minutes, one minute, one hour."""
    many = plan(users=300_000, promises=promises_of(300_000))

    assert {each.lock: each.promised_seconds for each in many.locks} == {
        "organization": 540 + 60 + 14_850,
        "administration": 2 * (60 + 14_850),
    }
    assert next(step.promise for step in many.steps if step.name == "license_move") == "249 minutes"


@pytest.mark.parametrize(
    ("now", "seconds", "start"),
    [
        ("2026-11-25T09:00", HOUR, "2026-11-25T18:00"),  # Wednesday morning: this evening, 19:00 in Berlin
        ("2026-11-25T23:00", HOUR, "2026-11-25T23:00"),  # at night: now
        ("2026-11-25T05:30", HOUR, "2026-11-25T18:00"),  # too late in the night
        ("2026-11-28T10:00", DAY, "2026-11-28T10:00"),  # Saturday: now, until Monday
        ("2026-11-25T09:00", DAY, "2026-11-27T18:00"),  # longer than a night: Friday evening
        ("2026-11-25T09:00", 4 * DAY, "2026-11-27T18:00"),  # longer than any: where it costs least
    ],
)
def test_a_time_is_advised_when_nobody_needs_administration(now: str, seconds: int, start: str) -> None:
    """The next night that leaves room for the lock, or a weekend, in the organization's zone."""
    told = advise(datetime.fromisoformat(f"{now}+00:00"), "Europe/Berlin", seconds)

    assert told.start_at.isoformat() == f"{start}:00+00:00"
    assert (told.until - told.start_at).total_seconds() == seconds


@pytest.mark.parametrize(
    ("settings", "kept", "granted"), [("keep", {"SharePoint (Plan 1)": 50}, 0), ("grant_all", {}, 50)]
)
def test_a_hundred_users_with_sharepoint_off_for_fifty(
    settings: str, kept: dict[str, int], granted: int
) -> None:
    """The seed example of switch#services, both ways: it stays off for fifty, or they all get it."""
    told = plan({(SHAREPOINT,): 50, (): 50}, service_settings=settings).services
    counts = {each.name: each.users for each in told.newly_granted if "SharePoint" in each.name}

    assert {each.name: each.users for each in told.kept} == kept
    assert sum(counts.values()) == granted
    assert (told.users_counted, told.users, told.no_counterpart) == (100, 100, ())


def test_a_service_that_the_target_lacks_is_counted_as_such() -> None:
    """What the new plan has nothing for can't stay off: it is told with the users concerned."""
    gone = "00000000-0000-0000-0000-00000000aaaa"
    told = plan({(gone,): 7, (): 93}).services

    assert [(each.service_plan_id, each.users) for each in told.no_counterpart] == [(gone, 7)]


def test_money_has_a_direction_in_every_line_and_adds_up() -> None:
    """What is paid minus what is given back is the net of the first day; the rest is told beside it."""
    quoted = quote(terms(addons=(STORAGE,)))
    told = plan(quote=quoted).money
    sums = {
        direction: sum(each.line.amount.minor_units for each in told if each.direction == direction)
        for direction in ("you_pay", "you_get_back")
    }

    assert sum(sums.values()) == quoted.days[0].net.minor_units
    assert sums["you_get_back"] < 0 < sums["you_pay"]
    assert {each.line.kind for each in told if each.direction == "told"} == {"consumed"}
    assert "may be required" in plan(may_need_credit_check=True).credit_check
    assert plan().credit_check.startswith("No credit check is expected")


def test_addons_are_told_with_their_fate_and_price() -> None:
    """Removed, carried over or in the way; the price of the carried one is in the quote.

    See rules#addon_incompatible.
    """
    fates = tuple(
        AddonFate(subscription_id=name, plan_id=name, name=name, quantity=4, fate=fate)
        for name, fate in (("storage", "attachable"), ("phone", "included"), ("other", "incompatible"))
    )
    told = plan(quote=quote(terms(addons=(STORAGE,))), addons=fates)

    assert [each.what.split()[0] for each in told.addons] == ["carried", "removed:", "blocks"]
    assert (told.addons[0].credit_minor_units, told.addons[0].charge_minor_units) == (240, 240)
    assert "and 1 add-on are ordered" in told.steps[0].what


def test_the_order_names_the_day_from_which_the_old_plan_is_free() -> None:
    """Rule set `2014` stops billing at the order, and a void takes that back.

    See proration#where-billing-stops-at-the-order.
    """
    told = plan(quote=quote(terms(rule_set="2014"))).steps[0].what

    assert "the old plan is free from 2026-11-22 on, unless the order is voided" in told
    assert "free" not in plan().steps[0].what


def test_dates_tell_whether_the_quote_reaches_the_renewal() -> None:
    """A renewal inside the table changes the money of the days after it, so it is told."""
    near = plan(quote=quote(terms(order_on=date(2026, 12, 5), expires_on=date(2026, 12, 12)))).dates

    assert (near.renews_on, near.is_renewal_quoted) == (END, True)
    assert not plan().dates.is_renewal_quoted
    assert near.invoice_by == date(2027, 1, 4)


def test_dates_tell_until_when_the_order_could_be_voided_for_nothing() -> None:
    """VOID_WINDOW_CLOSED: seven days by the seller's terms, warned of a day before (rules#void-window)."""
    told = plan().dates

    assert told.voidable_until == NOW + timedelta(days=7)
    assert told.void_warning_at == NOW + timedelta(days=6)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(60, "1 minute"), (45, "45 seconds"), (600, "10 minutes"), (601, "11 minutes"), (36_001, "11 hours")],
)
def test_durations_are_said_rounded_up(seconds: int, text: str) -> None:
    """A promise is never said shorter than it is."""
    assert duration(seconds) == text


def test_the_plan_shows_the_void_warning_that_the_workflow_gives() -> None:
    """The plan and the promise watch warn equally long before the void window ends (rules#void-window)."""
    assert timedelta(hours=VOID_WARNING_HOURS) == VOID_WARNING
