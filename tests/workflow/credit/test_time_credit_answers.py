"""Answers and extensions of dated credit checks: early, late, at the very instant (rules#credit-check)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.support.worlds.credit import HARMLESS
from tests.support.worlds.dated import DatedWorlds, Place
from tests.support.worlds.forward import ClockRanOn

BERLIN = Place(country="DE", subdivision="BE", zone="Europe/Berlin", cut_off_hour=17)
HOUR = timedelta(hours=1)
#: How long an update is watched that must not be answered yet.
WATCHED_SECONDS = 0.5


async def test_hold_is_extended_from_the_moment_it_is_asked(dated_worlds: DatedWorlds) -> None:
    """Extended on a Friday in the hold, it lasts two business days more; then a decline still counts."""
    begin = BERLIN.instant("2090-02-06 10:00:00")
    asked_at = BERLIN.instant("2090-02-10 15:00:00")
    extended_to = BERLIN.business_days_after(asked_at, 2)
    assert BERLIN.shown(extended_to) == "2090-02-14 15:00:00"

    async with dated_worlds.at(begin) as world:
        case = await world.wait_begins(BERLIN)
        await case.forward_to(asked_at, seconds=0)
        await world.until_stage(case.handle, "credit_overdue")
        first = await case.extend(2)
        second = await case.extend(1, request_id="e-2")
        await case.forward_to(extended_to, seconds=-30)
        assert case.topics == ["required", "reminded", "overdue", "extended"]
        await case.forward_to(extended_to, seconds=60)
        await world.until_stage(case.handle, "credit_overdue")
        answer = await case.decide("declined")
        result = await case.result()

        assert (first.accepted, second.accepted, answer.accepted) == (True, False, True)
        assert result.outcome == "declined"
        assert case.topics == ["required", "reminded", "overdue", "extended", "overdue", "declined"]
        assert world.failings(case.order) == HARMLESS


async def test_extension_ends_at_the_cap_of_the_order(dated_worlds: DatedWorlds) -> None:
    """However late it is extended, the order is void 14 days after it was placed."""
    begin = BERLIN.instant("2090-02-06 10:00:00")
    cap_at = BERLIN.days_after(begin, 14)

    async with dated_worlds.at(begin) as world:
        case = await world.wait_begins(BERLIN)
        await case.forward_to(cap_at - HOUR, seconds=0)
        await world.until_stage(case.handle, "credit_overdue")
        extended = await case.extend(2)
        await case.forward_to(cap_at, seconds=-30)
        assert "expired" not in case.topics
        await case.forward_to(cap_at)

        assert extended.accepted
        assert "2090-02-20 09:00 UTC" in extended.message
        assert (await case.result()).outcome == "expired"
        assert case.topics == ["required", "reminded", "overdue", "extended", "expired"]


async def test_bureau_with_a_delay_is_asked_at_the_deadline(dated_worlds: DatedWorlds) -> None:
    """A bureau that takes 30 hours by its own clock, and whose callback is lost, approves all the same."""
    begin = BERLIN.instant("2090-03-24 10:00:00")

    async with dated_worlds.at(begin) as world:
        world.sandbox.settings(credit_verdict="approve", credit_delay_seconds=30 * 3600)
        case = await world.wait_begins(BERLIN)
        await case.forward_to(begin + timedelta(hours=29))
        assert world.check_status(case) == "required"
        world.move_clock(begin + timedelta(hours=31))
        await world.until(lambda: world.check_status(case) == "approved")
        await case.forward_to(BERLIN.business_days_after(begin, 2))

        assert (await case.result()).outcome == "completed"
        assert case.topics == ["required", "reminded", "approved"]
        assert world.failings(case.order) == HARMLESS


async def test_answer_before_the_check_is_recorded_waits_for_it(dated_worlds: DatedWorlds) -> None:
    """Who answers while the check is still being recorded is answered when it is, not refused."""
    async with dated_worlds.at(BERLIN.instant("2090-02-06 10:00:00")) as world:
        world.block("POST /notices")
        case = await world.begin(BERLIN)
        answering = asyncio.create_task(case.decide("approved"))
        await asyncio.sleep(WATCHED_SECONDS)
        assert not answering.done()
        world.block()
        answer = await answering

        assert answer.accepted
        assert (await case.result()).outcome == "completed"
        assert case.topics == ["required", "approved"]


async def test_old_rule_set_over_a_change_of_clocks(dated_worlds: DatedWorlds) -> None:
    """Rule set `2014`: reminder after 7 days, end after 14 at the same time of day, nothing to extend."""
    begin = BERLIN.instant("2090-03-20 18:30:00")
    reminder_at, cap_at = (BERLIN.days_after(begin, days) for days in (7, 14))
    assert cap_at - begin == timedelta(days=14) - HOUR

    async with dated_worlds.at(begin) as world:
        case = await world.wait_begins(BERLIN, rule_set="2014", service_settings="grant_all")
        refused = await case.extend(2)
        await case.forward_to(reminder_at, seconds=-30)
        assert case.topics == ["required"]
        await case.forward_to(cap_at, seconds=-30)
        assert case.topics == ["required", "reminded"]
        await case.forward_to(cap_at)

        assert not refused.accepted
        assert (await case.result()).outcome == "expired"
        assert case.topics == ["required", "reminded", "expired"]


async def test_demo_rule_set_over_new_year(dated_worlds: DatedWorlds) -> None:
    """Rule set `demo`: every mark comes within seconds, whatever day it is."""
    begin = BERLIN.instant("2090-12-31 23:59:58")

    async with dated_worlds.at(begin) as world:
        case = await world.wait_begins(BERLIN, rule_set="demo")
        required = case.required
        await world.environment.fast_forward(case.handle)

        assert (await case.result()).outcome == "expired"
        if case.topics[1] == "overdue":
            # Three seconds lie between the marks: a check that wakes after both has no use for the first.
            raise ClockRanOn("the server's clock ran past the reminder and the deadline at once")
        assert case.topics == ["required", "reminded", "overdue", "expired"]
        marks = (required.reminder_at, required.deadline_at, required.cap_at)
        assert [round((mark - begin).total_seconds()) for mark in marks] == [3, 6, 12]
