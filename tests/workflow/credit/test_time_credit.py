"""Credit checks that begin on chosen days, with the clock moved on (rules#credit-check).

Each expected instant is found twice without the product: written out by hand, as the clock on the wall shows
it, and by the loops over days of tests/support/worlds/dated.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.switches.time_credit import BERLIN
from tests.support.worlds.credit import HARMLESS, CreditCase
from tests.support.worlds.dated import DatedWorlds, Place

MUNICH = replace(BERLIN, subdivision="BY")
TORONTO = Place(country="CA", subdivision="ON", zone="America/Toronto")
MONTREAL = replace(TORONTO, subdivision="QC")
SEATTLE = Place(country="US", subdivision="WA", zone="America/Los_Angeles")
KUWAIT = Place(country="KW", subdivision=None, zone="Asia/Kuwait")
CLOSED = replace(BERLIN, closed="2090-02-14 2090-02-16")
CAP_DAYS = 14
#: What is looked at so long before an instant has not come yet.
BEFORE_SECONDS = -30
#: The seller writes down an order some microseconds after it came.
SELLER_CLOCK = timedelta(seconds=1)
#: A mark is recorded soon after its instant.
SOON = timedelta(seconds=30)


@dataclass(frozen=True)
class Dated:
    """A wait, as the clocks of the place show it."""

    name: str
    place: Place
    begin: str
    #: Two business days later.
    deadline: str
    #: Two weeks after the order.
    cap: str


CASES = [
    Dated(
        "friday-before-cut-off", BERLIN, "2090-02-10 16:59:59", "2090-02-14 16:59:59", "2090-02-24 16:59:59"
    ),
    Dated("friday-at-cut-off", BERLIN, "2090-02-10 17:00:00", "2090-02-15 00:00:00", "2090-02-24 17:00:00"),
    Dated("weekend", BERLIN, "2090-02-11 23:59:59", "2090-02-15 00:00:00", "2090-02-25 23:59:59"),
    Dated("weekend-on-friday", KUWAIT, "2090-02-09 10:00:00", "2090-02-13 10:00:00", "2090-02-23 10:00:00"),
    Dated("public-holiday", BERLIN, "2090-05-24 09:00:00", "2090-05-29 09:00:00", "2090-06-07 09:00:00"),
    Dated("corpus-christi", MUNICH, "2090-06-14 09:00:00", "2090-06-19 09:00:00", "2090-06-28 09:00:00"),
    Dated("not-in-berlin", BERLIN, "2090-06-14 09:00:00", "2090-06-16 09:00:00", "2090-06-28 09:00:00"),
    Dated("saint-john", MONTREAL, "2091-06-22 12:00:00", "2091-06-27 12:00:00", "2091-07-06 12:00:00"),
    Dated("not-in-toronto", TORONTO, "2091-06-22 12:00:00", "2091-06-26 12:00:00", "2091-07-06 12:00:00"),
    Dated("closing-days", CLOSED, "2090-02-13 08:00:00", "2090-02-17 08:00:00", "2090-02-27 08:00:00"),
    Dated("clocks-forward", BERLIN, "2090-03-24 10:00:00", "2090-03-28 10:00:00", "2090-04-07 10:00:00"),
    Dated("clocks-back", SEATTLE, "2090-11-02 23:30:00", "2090-11-06 23:30:00", "2090-11-16 23:30:00"),
    Dated("year-end", BERLIN, "2090-12-29 16:00:00", "2091-01-03 16:00:00", "2091-01-12 16:00:00"),
]


def _happened_at(case: CreditCase, topic: str) -> datetime:
    wanted = f"subscription.credit-check-{topic}"
    events: list[Any] = [each.event for each in case.world.source_events(case.order)]
    found: datetime = next(each.timestamp for each in events if wanted == each.TOPIC)
    return found


#: Each calendar is proved in tests/unit/switch/test_credit_deadlines.py; here waits follow them.
IN_THE_CHECK = {"weekend", "corpus-christi", "clocks-forward", "year-end"}


@pytest.mark.parametrize(
    "dated",
    [
        pytest.param(each, id=each.name, marks=() if each.name in IN_THE_CHECK else pytest.mark.long)
        for each in CASES
    ],
)
async def test_marks_come_when_the_calendar_of_the_place_says(
    dated_worlds: DatedWorlds, dated: Dated
) -> None:
    """Nothing is recorded before a mark; at it, it is: reminder, hold of an operator, void by itself."""
    place = dated.place
    start = place.instant(dated.begin)
    cap_at = place.days_after(start, CAP_DAYS)
    marks = [*(place.business_days_after(start, days) for days in (1, 2)), cap_at]
    assert [place.shown(instant) for instant in marks[1:]] == [dated.deadline, dated.cap]

    async with dated_worlds.at(start) as world:
        case = await world.wait_begins(place)
        required = case.required
        for instant, topic in zip(marks, ("reminded", "overdue"), strict=False):
            await case.forward_to(instant, seconds=BEFORE_SECONDS)
            assert topic not in case.topics
            await case.forward_to(instant)
            await world.until(lambda topic=topic: topic in case.topics)  # type: ignore[misc]
            assert timedelta(0) <= _happened_at(case, topic) - instant < SOON
        await case.forward_to(cap_at, seconds=BEFORE_SECONDS)
        assert case.topics == ["required", "reminded", "overdue"]
        await case.forward_to(cap_at)
        assert (await case.result()).outcome == "expired"
        assert world.failings(case.order) == HARMLESS

    told = (required.reminder_at, required.deadline_at, required.cap_at)
    assert all(abs(instant - mark) < SELLER_CLOCK for instant, mark in zip(told, marks, strict=True))
