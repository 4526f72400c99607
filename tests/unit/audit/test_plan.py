"""The plan of the accepted quote beside what happened (audit#did-it-go-as-planned)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from audit.plan.comparison import plan_and_actual
from audit.plan.money import UNKNOWN
from audit.plan.rows import PlanAndActual, PlannedAmount, PlannedCount, PlannedTime, PlanState
from audit.plan.users import users_planned
from audit.users.user_outcomes import ServiceSettings
from cli.audit.plan import plan_text
from domain.licenses.move import GroupMoved
from domain.licenses.promised_time import license_move_seconds
from domain.organizations.organization import AdministrationLocked, AdministrationUnlocked, SwitchReleased
from domain.quote.quote import Quote, quote
from domain.switch.control_events import QuantityAmended
from domain.switch.events import SwitchDeclined, SwitchRequested, SwitchRolledBack
from domain.switch.move_events import (
    BillingCutOver,
    LicenseMoveFinished,
    LicenseMoveHeld,
    LicenseMoveStarted,
    QuoteCorrected,
    SwitchCompleted,
)
from domain.switch.return_events import LicensesReturned, RollBackStarted
from domain.switch.settings_events import SettingsLost
from store.record.notifications import StoredNotification
from tests.support.stories.audit_stories import Story, at
from tests.support.stories.cutover_events import cutover_events
from tests.support.stories.quote_inputs import END, billed, euros, terms

COLUMNS = 80
FIRST_ON = date(2026, 11, 22)
ON = date(2026, 11, 25)
ACCEPTED = quote(terms())
ASSESSED = {"inputs": {"source": {"plan_id": "old"}, "subscribed": [{"plan_id": "old", "assigned": 10}]}}
SECOND = 1


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print on the narrowest terminal that lines must fit."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


def planned(story: Story, *billing: Any, seconds: int = 10_000, **options: Any) -> PlanAndActual:
    """Compare a story, followed by events of billing, with its plan, so many seconds after its beginning."""
    events = [*story.events, *(_notified(each, len(story.events) + n) for n, each in enumerate(billing, 1))]
    answer = plan_and_actual(events, now=at(seconds), **options)
    assert max(map(len, plan_text(answer))) <= COLUMNS
    return answer


def _notified(event: Any, number: int) -> StoredNotification:
    return StoredNotification(
        id=number,
        stream_id=event.originator_id,
        version=number,
        topic=event.TOPIC,
        state=b"",
        recorded_at=at(number),
        decode=lambda _raw: event,
    )


def requested(*, promised_end: int = 600, **facts: Any) -> Story:
    """Return a story that has its organization and its request."""
    story = Story()
    story.reserved(promised_end=promised_end)
    story.record(SwitchRequested, SECOND, mode="automatic", quantity=10, assessment=ASSESSED, **facts)
    return story


def only(rows: Iterable[Any], what: str) -> Any:
    """Return the only row about something."""
    (row,) = [each for each in rows if what in each.what]
    return row


def amounts(answer: PlanAndActual) -> dict[str, tuple[Any, Any]]:
    """Return what was quoted and billed, by the name of the row."""
    return {each.what: (each.quoted, each.billed) for each in answer.money.amounts}


@pytest.mark.parametrize(
    ("accepted", "on"),
    [
        (ACCEPTED, FIRST_ON),
        (ACCEPTED, ON),
        (quote(terms(policy="vendor_day")), ON),
        (quote(terms(tax_rate=terms().tax_rate * 0)), ON),
        # After the table's end the order still binds the quote.
        (ACCEPTED, date(2026, 12, 2)),
    ],
)
def test_a_bill_by_the_quote_is_as_planned_to_the_cent(accepted: Quote, on: date) -> None:
    """What was quoted for the day is billed: credit, loss, net, tax and total (rules#quote-and-cutover)."""
    answer = planned(requested(), *cutover_events(accepted, on))

    assert {each.state for each in answer.money.amounts} == {PlanState.AS_PLANNED}
    assert all(quoted == bill for quoted, bill in amounts(answer).values())
    assert amounts(answer)["total"] == (accepted.day(on).total, accepted.day(on).total)
    assert (answer.money.first_on, answer.money.first_total) == (FIRST_ON, accepted.days[0].total)
    assert answer.money.billed_on == on


def test_a_difference_of_a_cent_without_a_reason_is_unknown() -> None:
    """No reason is guessed: the row has the cent, and says that no event tells why."""
    events = cutover_events(ACCEPTED, ON)
    changed = [_billed_more(each) if isinstance(each, BillingCutOver) else each for each in events]

    row: PlannedAmount = only(planned(requested(), *changed).money.amounts, "net")

    assert (row.difference, row.state, row.why) == (euros(1), PlanState.OTHERWISE, UNKNOWN)


def test_a_reason_that_does_not_explain_the_cent_is_none() -> None:
    """An amendment explains what its own quote has, and not a cent more."""
    amended = quote(terms(quantity_target=12))
    story = requested()
    story.events.append(_notified(cutover_events(ACCEPTED, ON)[0], len(story.events) + 1))
    story.record(QuantityAmended, 5, actor="olga", quantity_before=10, quantity=12, quote=amended.as_facts())
    events = cutover_events(amended, ON)[1:]
    changed = [_billed_more(each) if isinstance(each, BillingCutOver) else each for each in events]

    answer = planned(story, *changed)

    assert only(answer.money.amounts, "net").why == UNKNOWN
    assert "amended" in only(answer.money.amounts, "tax").why


def _billed_more(event: BillingCutOver) -> BillingCutOver:
    return BillingCutOver(**{**vars(event), "net": event.net + euros(1)})


def test_an_amendment_is_the_reason_of_a_difference() -> None:
    """The first quote stands beside the bill of the amended one, and the reason names who amended it."""
    amended = quote(terms(quantity_target=12))
    story = requested()
    events = cutover_events(ACCEPTED, ON)
    story.events.append(_notified(events[0], len(story.events) + 1))
    story.record(QuantityAmended, 5, actor="olga", quantity_before=10, quantity=12, quote=amended.as_facts())

    answer = planned(story, *cutover_events(amended, ON)[1:])

    row: PlannedAmount = only(answer.money.amounts, "total")
    assert row.difference == amended.day(ON).total - ACCEPTED.day(ON).total
    assert row.why == "olga amended 10 to 12 licenses and accepted another quote (event 4)"
    assert only(answer.money.amounts, "given back").state == PlanState.AS_PLANNED


def test_a_renewal_that_was_not_billed_is_the_reason() -> None:
    """The quote gives back a renewal that the seller never billed: so the bill has less."""
    answer = planned(requested(), *cutover_events(ACCEPTED, END, billed_now=billed()))

    row: PlannedAmount = only(answer.money.amounts, "given back")
    assert row.state == PlanState.OTHERWISE
    assert "had not billed a renewal" in row.why


def test_a_corrected_quote_is_the_reason() -> None:
    """A quote of older formulas that overcharged is billed by today's."""
    story = requested()
    lower = quote(terms(target_unit_price=euros(2000)))
    first, *bill = cutover_events(lower, ON)
    fixed = cutover_events(ACCEPTED, ON)[0]
    story.events.append(_notified(fixed, len(story.events) + 1))
    story.record(
        QuoteCorrected,
        6,
        accepted_total=ACCEPTED.day(ON).total,
        billed_total=lower.day(ON).total,
        forfeited_at_most=euros(0),
        quote=lower.as_facts(),
    )

    row: PlannedAmount = only(planned(story, *bill).money.amounts, "total")

    assert first is not fixed
    assert "older formulas" in row.why


def test_a_quote_that_can_not_be_computed_again_is_told() -> None:
    """Then nothing is compared, and the bill stands alone with the reason."""
    fixed, *bill = cutover_events(ACCEPTED, ON)
    fixed.quote["digest"] = "another"

    answer = planned(requested(), fixed, *bill)

    assert "digest" in answer.money.broken
    assert {each.quoted for each in answer.money.amounts} == {None}
    assert only(answer.money.amounts, "total").billed == ACCEPTED.day(ON).total


def test_a_declined_switch_was_planned_and_not_billed() -> None:
    """The plan showed the first day's total; nothing was billed, and the row says how the switch ended."""
    story = requested()
    story.events.append(_notified(cutover_events(ACCEPTED, ON)[0], len(story.events) + 1))
    story.record(SwitchDeclined, 20)
    story.record(SwitchReleased, 21, outcome="declined")

    answer = planned(story)

    row: PlannedAmount = only(answer.money.amounts, "total")
    assert (answer.outcome, answer.state) == ("declined", PlanState.OTHERWISE)
    assert (row.quoted, row.billed) == (ACCEPTED.days[0].total, None)
    assert row.why == "nothing was billed: the switch ended as declined"
    assert only(answer.money.amounts, "prepaid value").state == PlanState.AS_PLANNED
    assert only(answer.users, "could not be moved").state == PlanState.UNPLANNED


def test_a_running_switch_is_compared_so_far() -> None:
    """What has not happened is neither as planned nor otherwise; what is overdue already is late."""
    story = requested(promised_end=600)
    story.record(AdministrationLocked, 10, promised_end=at(3_610))
    story.record(LicenseMoveStarted, 11, total=10)

    early, late = planned(story, seconds=30), planned(story, seconds=700)

    assert (early.state, early.has_ended, early.otherwise) == (PlanState.SO_FAR, False, 0)
    whole: PlannedTime = only(late.times, "the whole switch")
    assert (whole.state, whole.late_seconds, whole.ended_at) == (PlanState.OTHERWISE, 100, None)
    assert only(late.locks, "change by hand").state == PlanState.SO_FAR
    assert late.state == PlanState.OTHERWISE


def test_times_and_locks_have_planned_and_actual_ends() -> None:
    """The move is promised by the users that were frozen; a hold during it is why it was late."""
    move = license_move_seconds(10)
    story = requested(promised_end=600)
    story.record(AdministrationLocked, 10, promised_end=at(100))
    story.record(LicenseMoveStarted, 11, total=10)
    story.record(LicenseMoveHeld, 12, code="LICENSES_UNRESOLVED", message="1 user is left.")
    story.record(LicenseMoveFinished, 11 + move + 30, moved=10, skipped=0, drifted=0)
    story.record(AdministrationUnlocked, 90)
    story.record(SwitchReleased, 590, outcome="completed")

    answer = planned(story)

    moved: PlannedTime = only(answer.times, "the move of the licenses")
    assert (moved.late_seconds, moved.state) == (30, PlanState.OTHERWISE)
    assert "LICENSES_UNRESOLVED" in moved.why
    whole: PlannedTime = only(answer.times, "the whole switch")
    assert (whole.late_seconds, whole.state) == (-10, PlanState.AS_PLANNED)
    lock: PlannedTime = only(answer.locks, "change by hand")
    assert (lock.late_seconds, lock.state) == (-10, PlanState.AS_PLANNED)


def test_a_move_that_was_led_back_goes_on_no_more() -> None:
    """It ended when the way back began, before it was done (switch#ways-back)."""
    story = requested()
    story.record(LicenseMoveStarted, 11, total=10)
    story.record(RollBackStarted, 15, moved=4)
    story.record(LicensesReturned, 30, returned=4)
    story.record(SwitchRolledBack, 31)

    moved: PlannedTime = only(planned(story).times, "the move of the licenses")

    assert (moved.ended_at, moved.state) == (at(15), PlanState.OTHERWISE)
    assert moved.why == "the switch was led back; moved until then: 4"


def test_a_switch_by_hand_has_no_promised_times() -> None:
    """An operator starts each step, so nobody planned when it ends (manual#steps)."""
    story = Story()
    story.reserved()
    story.record(SwitchRequested, SECOND, mode="manual", quantity=10, assessment=ASSESSED)
    story.record(LicenseMoveStarted, 11, total=10)

    answer = planned(story)

    assert answer.times == ()
    assert {each.state for each in answer.locks} == {PlanState.UNPLANNED}


def test_users_and_licenses_are_compared_with_the_request() -> None:
    """Planned are the users whom the accepted assessment counted; the reason counts who came otherwise."""
    story = requested()
    story.record(LicenseMoveStarted, 11, total=11)
    story.record(SwitchCompleted, 50, moved=10, skipped=1, total=euros(1))

    answer = planned(story)

    moved: PlannedCount = only(answer.users, "users who move")
    failed: PlannedCount = only(answer.users, "could not be moved")
    assert (moved.planned, moved.actual, moved.state) == (10, 10, PlanState.AS_PLANNED)
    assert (failed.actual, failed.state) == (1, PlanState.OTHERWISE)


def test_users_who_went_back_are_not_moved() -> None:
    """A switch that was rolled back has moved nobody, and the reason counts who returned."""
    story = requested()
    story.record(LicenseMoveStarted, 11, total=10)
    story.record(GroupMoved, 12, pass_name="move", moved=10, failed=0)
    story.record(LicensesReturned, 30, returned=10)
    story.record(SwitchRolledBack, 31)

    moved: PlannedCount = only(planned(story).users, "users who move")

    assert (moved.planned, moved.actual, moved.state) == (10, 0, PlanState.OTHERWISE)
    assert moved.why == "10 were there when the move began; 10 returned to the old plan"


@pytest.mark.parametrize(
    ("selected", "assigned", "expected"), [(None, 10, 10), (3, 10, 3), (12, 10, 10), (3, None, 3)]
)
def test_planned_users_are_those_of_the_assessment(
    selected: int | None, assigned: int | None, expected: int
) -> None:
    """All users of the old plan, or those whom the request names; an assessment without any says nothing."""
    pool = [] if assigned is None else [{"plan_id": "old", "assigned": assigned}]
    inputs = {"source": {"plan_id": "old"}, "subscribed": pool, "users_to_move": selected}

    assert users_planned({"inputs": inputs}) == expected
    assert users_planned({}) is None


def test_lost_settings_and_services_are_told() -> None:
    """No setting of the subscription was to be lost; numbers of services are told without a plan."""
    story = requested()
    story.record(SettingsLost, 60, lost=[{"setting": "auto_renew", "wanted": "off", "message": "refused"}])
    settings = ServiceSettings(users=10, kept=4, no_counterpart=1, newly_granted=20, dependents=0)

    answer = planned(story, settings=settings)

    lost: PlannedCount = only(answer.services, "settings of the subscription")
    assert (lost.planned, lost.actual, lost.state) == (0, 1, PlanState.OTHERWISE)
    assert lost.why == "auto_renew: refused"
    kept: PlannedCount = only(answer.services, "stay off")
    assert (kept.actual, kept.state) == (4, PlanState.UNPLANNED)
