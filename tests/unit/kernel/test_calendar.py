"""Business days over given holidays (rules#credit-check)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.kernel.calendar import BusinessCalendar, local_date, start_of_day
from domain.kernel.errors import InvalidInput

BERLIN = BusinessCalendar(
    time_zone="Europe/Berlin", holidays=frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
)


def _berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-24T10:30", 2, "2026-11-26T10:30"),
        ("2026-11-26T10:30", 2, "2026-11-30T10:30"),
        ("2026-11-28T10:30", 2, "2026-12-02T00:00"),
        ("2026-12-24T16:00", 1, "2026-12-28T16:00"),
        ("2026-12-31T09:00", 2, "2027-01-05T09:00"),
        ("2026-12-25T09:00", 0, "2026-12-28T00:00"),
        ("2026-11-24T10:30", 0, "2026-11-24T10:30"),
    ],
)
def test_business_days_leave_out_weekends_and_holidays(start: str, days: int, expected: str) -> None:
    """Days off do not count; a start on a day off counts from the next business day's beginning."""
    assert BERLIN.add_business_days(_berlin(start), days) == _berlin(expected)


def test_answer_is_in_utc() -> None:
    """Deadlines are instants in UTC."""
    assert BERLIN.add_business_days(_berlin("2026-11-24T10:30"), 1).tzinfo is UTC


def test_local_time_stays_when_the_clocks_change() -> None:
    """Across the end of summer time the deadline keeps its local time, not its distance."""
    start = _berlin("2026-10-23T10:00")

    deadline = BERLIN.add_business_days(start, 1)
    assert deadline == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


def test_zone_decides_which_day_it_is() -> None:
    """Friday evening in New York is Saturday in Berlin: the zone decides whether it is a business day."""
    friday_evening = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    new_york = BusinessCalendar(time_zone="America/New_York", holidays=frozenset())

    assert new_york.local_date(friday_evening) == date(2026, 11, 27)
    assert new_york.add_business_days(friday_evening, 1) == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert BERLIN.add_business_days(friday_evening, 1) == _berlin("2026-12-01T00:00")


def test_weekend_is_what_the_place_has() -> None:
    """Where Friday and Saturday are off, Sunday is a business day."""
    gulf = BusinessCalendar(time_zone="Asia/Kuwait", holidays=frozenset(), weekend=frozenset({4, 5}))
    thursday = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Asia/Kuwait"))

    assert gulf.local_date(gulf.add_business_days(thursday, 1)) == date(2026, 11, 29)


def test_cut_off_moves_the_start_to_the_next_business_day() -> None:
    """At the cut-off the day is over; a minute before it still counts."""
    calendar = BusinessCalendar(time_zone="Europe/Berlin", holidays=frozenset(), cut_off=time(17))

    assert calendar.add_business_days(_berlin("2026-11-24T16:59"), 1) == _berlin("2026-11-25T16:59")
    assert calendar.add_business_days(_berlin("2026-11-24T17:00"), 1) == _berlin("2026-11-26T00:00")


def test_holidays_of_a_wait_are_known_for_the_record() -> None:
    """The holidays between start and deadline can be stored with it."""
    start = _berlin("2026-12-24T16:00")
    deadline = BERLIN.add_business_days(start, 2)

    assert BERLIN.holidays_between(start, deadline) == (date(2026, 12, 25), date(2026, 12, 26))


def test_start_of_day_is_local_midnight() -> None:
    """A local day begins at local midnight, and its instant is on that day."""
    begins = start_of_day(date(2026, 12, 10), "Europe/Berlin")

    assert begins == datetime(2026, 12, 9, 23, 0, tzinfo=UTC)
    assert local_date(begins, "Europe/Berlin") == date(2026, 12, 10)


def test_instant_without_zone_is_refused() -> None:
    """Naive instants are refused, not guessed."""
    with pytest.raises(InvalidInput, match="instant"):
        BERLIN.add_business_days(datetime(2026, 11, 24, 10, 30), 1)  # noqa: DTZ001 - the naive instant is the point


@pytest.mark.parametrize("days", [-1, 367])
def test_days_are_bounded(days: int) -> None:
    """A wait backwards or of more than a year of business days is refused."""
    with pytest.raises(InvalidInput, match="days"):
        BERLIN.add_business_days(_berlin("2026-11-24T10:30"), days)


def test_calendar_without_business_days_is_refused() -> None:
    """A week of seven days off, or months of holidays, cannot be right."""
    with pytest.raises(InvalidInput, match="weekend"):
        BusinessCalendar(time_zone="Europe/Berlin", holidays=frozenset(), weekend=frozenset(range(7)))
    endless = frozenset(date.fromordinal(date(2026, 11, 1).toordinal() + offset) for offset in range(100))
    with pytest.raises(InvalidInput, match="holidays"):
        BusinessCalendar(time_zone="UTC", holidays=endless).add_business_days(_berlin("2026-11-24T10:30"), 1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc"])
def test_unknown_zone_is_refused(name: str) -> None:
    """A zone that does not exist is refused by name."""
    with pytest.raises(InvalidInput, match="time_zone"):
        BusinessCalendar(time_zone=name, holidays=frozenset())
