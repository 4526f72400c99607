"""VOID_WINDOW_CLOSED: a day before an order can be voided for nothing no more it is warned.

See rules#void-window.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from audit.story.show import audit_of
from cli.audit.show import story
from domain.switch.events import ReplacementOrdered, VoidWindowClosing
from projections.reads.shown_rows import instant_text
from tests.support.consoles.shown_switches import facts_of
from tests.support.worlds.credit import HARMLESS, CreditCase
from tests.support.worlds.dated import DatedWorlds, Place

BERLIN = Place(country="DE", subdivision="BE", zone="Europe/Berlin")
BEGIN = "2090-03-22 10:00:00"
WARNED = "void-window-closing"
CAP_DAYS = 14
#: The warning comes soon after its instant.
SOON = timedelta(seconds=30)


def told(case: CreditCase) -> list[dict[str, Any]]:
    """Return the notices of the warning that the organization got."""
    path = f"/notices/v1/customers/{case.order.organization_id}/notices"
    token = {"Authorization": f"Bearer sandbox-{case.order.organization_id}"}
    sent = case.world.sandbox.control.get(path, headers=token).raise_for_status().json()["notices"]
    return [each for each in sent if each["kind"] == "void_window_closing"]


async def test_a_credit_check_of_two_weeks_is_warned_of_once_a_day_before(dated_worlds: DatedWorlds) -> None:
    """The seller's seven days go on while the check runs: event, notice, audit; then the cap ends it."""
    start = BERLIN.instant(BEGIN)
    async with dated_worlds.at(start) as world:
        case = await world.wait_begins(BERLIN)
        ordered = case.source.switch(case.order.switch_id).of(ReplacementOrdered)
        assert ordered is not None
        assert ordered.voidable_until is not None
        warn_at = ordered.voidable_until - timedelta(hours=24)
        await case.forward_to(warn_at, seconds=-30)
        early = WARNED in world.source_topics(case.order)
        await case.forward_to(warn_at)
        await world.until(lambda: bool(told(case)))
        closing = case.source.switch(case.order.switch_id).of(VoidWindowClosing)
        await case.forward_to(BERLIN.days_after(start, CAP_DAYS))
        result = await case.result()
        whole = audit_of(world.store, case.order.switch_id)
        audited = facts_of(whole)
        failings = world.failings(case.order)
        notices = told(case)

    assert ordered.voidable_until - ordered.ordered_at == timedelta(days=7)
    assert not early
    assert closing is not None
    assert timedelta(0) <= closing.timestamp - warn_at < SOON
    assert (closing.order_id, closing.voidable_until) == (ordered.order_id, ordered.voidable_until)
    assert [ordered.order_id in each["subject"] for each in notices] == [True]
    assert (result.outcome, failings) == ("expired", HARMLESS)
    assert audited["money"]["voidable_until"] == instant_text(ordered.voidable_until)
    assert audited["money"]["void_warned_at"] == instant_text(closing.timestamp)
    assert "can be voided for nothing until" in " ".join(" ".join(story(whole)).split())


async def test_a_check_that_is_approved_in_time_is_not_warned_of(dated_worlds: DatedWorlds) -> None:
    """Nothing is warned of that cannot come: the switch is done long before the window closes."""
    async with dated_worlds.at(BERLIN.instant(BEGIN)) as world:
        case = await world.wait_begins(BERLIN)
        await case.decide("approved")
        result = await case.result()
        topics = world.source_topics(case.order)
        history = await case.handle.fetch_history()

    assert (result.outcome, WARNED in topics) == ("completed", False)
    markers = [event for event in history.events if event.HasField("marker_recorded_event_attributes")]
    patched = b"".join(each.marker_recorded_event_attributes.SerializeToString() for each in markers)
    assert b"void-window-warning" in patched, "older runs replay without the watch"
