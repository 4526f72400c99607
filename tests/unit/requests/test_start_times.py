"""When a switch may start by the organization's clocks, which change (rules#clock-changes)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.kernel.calendar import start_of_day
from domain.kernel.errors import InvalidInput
from domain.requests.start_times import (
    QuietHours,
    StartTerms,
    first_at,
    instants_of,
    local_text,
    may_be_same,
    quiet_hours_of,
    stated_instant,
)

BERLIN, LORD_HOWE, SANTIAGO = "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-12-24T18:00", BERLIN, "2026-12-24T17:00"),
        ("2026-12-24 18:00:30", BERLIN, "2026-12-24T17:00:30"),
        ("2026-12-24T18:00+05:30", BERLIN, "2026-12-24T12:30"),
        ("2026-12-24T18:00Z", BERLIN, "2026-12-24T18:00"),
        ("2026-10-25T02:30+02:00", BERLIN, "2026-10-25T00:30"),
        ("2026-10-25T02:30+01:00", BERLIN, "2026-10-25T01:30"),
        ("2026-10-25T03:00", BERLIN, "2026-10-25T02:00"),
        ("2027-03-28T03:00", BERLIN, "2027-03-28T01:00"),
        ("2027-03-28T01:59", BERLIN, "2027-03-28T00:59"),
    ],
)
def test_a_stated_instant_is_read_by_the_organizations_clocks(text: str, zone: str, instant: str) -> None:
    """Without an offset the clocks of the zone say it; an offset says it by itself (rules#clock-changes)."""
    assert stated_instant(text, zone) == at(instant)


@pytest.mark.parametrize(
    ("text", "zone", "before", "after"),
    [
        ("2027-03-28T02:30", BERLIN, "2027-03-28T01:59+01:00", "2027-03-28T03:00+02:00"),
        ("2027-03-28T02:00", BERLIN, "2027-03-28T01:59+01:00", "2027-03-28T03:00+02:00"),
        ("2026-10-04T02:15", LORD_HOWE, "2026-10-04T01:59+10:30", "2026-10-04T02:30+11:00"),
        ("2026-09-06T00:30", SANTIAGO, "2026-09-05T23:59-04:00", "2026-09-06T01:00-03:00"),
    ],
)
def test_an_instant_that_clocks_skip_is_refused(text: str, zone: str, before: str, after: str) -> None:
    """It does not exist: the last time before and the first after it are named (rules#clock-changes)."""
    with pytest.raises(InvalidInput) as refused:
        stated_instant(text, zone)

    assert before in refused.value.message
    assert after in refused.value.message
    assert "skip this time" in refused.value.message


def test_an_instant_that_clocks_show_twice_needs_its_offset() -> None:
    """Both are named with their offsets, and nobody guesses (rules#clock-changes)."""
    with pytest.raises(InvalidInput) as refused:
        stated_instant("2026-10-25T02:30", BERLIN)

    assert "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00" in refused.value.message
    assert "offset" in refused.value.remedy


@pytest.mark.parametrize("text", ["", "soon", "2026-12-24", "2026-12-24T25:00", "2026-12-24T18:00:00.5"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    """A day alone is none, and no policy counts parts of a second."""
    with pytest.raises(InvalidInput, match="a time of day by the organization's clocks"):
        stated_instant(text, BERLIN)


def test_an_instant_is_recorded_with_its_offset_and_read_back() -> None:
    """In the hour that comes twice the offset keeps both apart (rules#clock-changes)."""
    texts = [local_text(at(each), BERLIN) for each in ("2026-10-25T00:30", "2026-10-25T01:30")]

    assert texts == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert [stated_instant(each, BERLIN) for each in texts] == [
        at("2026-10-25T00:30"),
        at("2026-10-25T01:30"),
    ]


@pytest.mark.parametrize(
    ("local", "zone", "shown", "first"),
    [
        ("2026-10-25T02:30", BERLIN, ["2026-10-25T00:30", "2026-10-25T01:30"], "2026-10-25T00:30"),
        ("2027-03-28T02:30", BERLIN, [], "2027-03-28T01:00"),
        ("2026-10-04T02:15", LORD_HOWE, [], "2026-10-03T15:30"),
        ("2026-07-01T12:00", BERLIN, ["2026-07-01T10:00"], "2026-07-01T10:00"),
    ],
)
def test_the_first_moment_of_a_local_time(local: str, zone: str, shown: list[str], first: str) -> None:
    """Shown twice: the first of the two; skipped: when clocks have gone forward (rules#clock-changes)."""
    assert list(instants_of(datetime.fromisoformat(local), zone)) == [at(each) for each in shown]
    assert first_at(datetime.fromisoformat(local), zone) == at(first)


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        # No midnight: the day begins at one o'clock.
        ("2026-09-06", SANTIAGO, "2026-09-06T04:00"),
        # Midnight twice: the first of the two.
        ("2026-11-01", "America/Havana", "2026-11-01T04:00"),
        ("2026-10-25", BERLIN, "2026-10-24T22:00"),
    ],
)
def test_a_day_begins_at_its_first_moment(day: str, zone: str, begins: str) -> None:
    """A scheduled day begins even where clocks skip its midnight (rules#clock-changes)."""
    assert start_of_day(date.fromisoformat(day), zone) == at(begins)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-12-08T12:00", "2026-12-08T21:00"),
        ("2026-12-08T20:59:59", "2026-12-08T21:00"),
        ("2026-12-08T21:00", "2026-12-08T21:00"),
        ("2026-12-09T04:59:59", "2026-12-09T04:59:59"),
        ("2026-12-09T05:00", "2026-12-09T21:00"),
    ],
)
def test_quiet_hours_open_at_once_or_next(now: str, opens: str) -> None:
    """Inside the window now; at its end no more; else at the next opening (rules#scheduled-starts)."""
    assert QuietHours.parse("22:00-06:00").opening(at(now), BERLIN) == at(opens)


@pytest.mark.parametrize(
    ("window", "day", "opens", "closes"),
    [
        # Clocks go forward from 02:00 to 03:00.
        ("22:00-06:00", "2027-03-27", "2027-03-27T21:00", "2027-03-28T04:00"),
        ("02:30-04:00", "2027-03-28", "2027-03-28T01:00", "2027-03-28T02:00"),
        ("01:00-02:30", "2027-03-28", "2027-03-28T00:00", "2027-03-28T01:00"),
        ("02:10-02:50", "2027-03-28", "2027-03-28T01:00", "2027-03-28T01:00"),
        # Clocks go back from 03:00 to 02:00.
        ("22:00-06:00", "2026-10-24", "2026-10-24T20:00", "2026-10-25T05:00"),
        ("02:30-04:00", "2026-10-25", "2026-10-25T00:30", "2026-10-25T03:00"),
        ("01:00-02:30", "2026-10-25", "2026-10-24T23:00", "2026-10-25T00:30"),
    ],
)
def test_quiet_hours_of_a_day_on_which_clocks_change(window: str, day: str, opens: str, closes: str) -> None:
    """Openings and closings that are skipped or shown twice have one moment each (rules#clock-changes)."""
    opened = QuietHours.parse(window).window(date.fromisoformat(day), BERLIN)

    assert opened == (at(opens), at(closes))


def test_a_window_that_clocks_skip_whole_opens_on_the_next_day() -> None:
    """There are no quiet hours from 02:10 to 02:50 on that day (rules#clock-changes)."""
    window = QuietHours.parse("02:10-02:50")

    assert window.opening(at("2027-03-27T12:00"), BERLIN) == at("2027-03-29T00:10")


def test_quiet_hours_always_open_within_two_days() -> None:
    """Every hour of a year with both changes, in a zone of half hours: the opening is near, and open."""
    window = QuietHours.parse("23:30-01:45")
    for hour in range(0, 24 * 370, 5):
        now = at("2026-07-01T00:00") + timedelta(hours=hour)
        opening = window.opening(now, LORD_HOWE)
        assert now <= opening <= now + timedelta(days=1, hours=1)
        assert window.opening(opening, LORD_HOWE) == opening


@pytest.mark.parametrize(
    "text", ["", "22-06", "22:00-24:00", "22:00", "9:00-10:00", "22:00-22:00", "22:00 to 06:00"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    """Two different times of day, with a hyphen between them."""
    with pytest.raises(InvalidInput, match="two times of day, such as 22:00-06:00"):
        QuietHours.parse(text)


def test_the_installation_may_have_quiet_hours() -> None:
    """`configured` stands for them; without any it is refused with the setting (rules#scheduled-starts)."""
    assert str(quiet_hours_of("configured", "20:00-04:00")) == "20:00-04:00"
    assert str(quiet_hours_of("22:00-06:00", "20:00-04:00")) == "22:00-06:00"
    with pytest.raises(InvalidInput) as refused:
        quiet_hours_of("configured", "")
    assert "PLANSWITCH_QUIET_HOURS" in refused.value.remedy


def test_a_start_is_told_in_words() -> None:
    """An instant with its offset, a day, a window, both; nothing where it starts as soon as it may."""
    instant = StartTerms(start_on="2026-12-24", start_at="2026-12-24T18:00:00+01:00")
    window = StartTerms(start_on="2026-12-24", quiet_hours="22:00-06:00")

    assert instant.words == "2026-12-24 18:00 (UTC+01:00)"
    assert window.words == "2026-12-24, in quiet hours 22:00-06:00"
    assert StartTerms(start_on="2026-12-24").words == "2026-12-24"
    assert StartTerms(quiet_hours="22:00-06:00").words == "in quiet hours 22:00-06:00"
    assert not StartTerms().words


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-12-08T21:00", "2026-12-09T05:00"),
        ("2026-12-09T04:59:59", "2026-12-09T05:00"),
        ("2026-12-09T05:00", None),
        ("2026-12-08T20:59:59", None),
        # Clocks go back while it is open.
        ("2026-10-25T00:30", "2026-10-25T05:00"),
    ],
)
def test_quiet_hours_close(now: str, closes: str | None) -> None:
    """Told of the window that is open, also of the day before; none outside (rules#scheduled-starts)."""
    assert QuietHours.parse("22:00-06:00").closing(at(now), BERLIN) == (closes and at(closes))


INSTANT = StartTerms(start_on="2026-12-24", start_at="2026-12-24T18:00:00+01:00")
WINDOW = StartTerms(start_on="2026-12-24", quiet_hours="22:00-06:00")
DAY = StartTerms(start_on="2026-12-24")


@pytest.mark.parametrize(
    ("asked", "recorded", "is_same"),
    [
        (StartTerms(start_at="2026-12-24T18:00"), INSTANT, True),
        (StartTerms(start_at="2026-12-24T17:00Z"), INSTANT, True),
        (StartTerms(start_at="2026-12-24T18:01"), INSTANT, False),
        (StartTerms(start_at="soon"), INSTANT, False),
        (StartTerms(start_on="2026-12-24"), INSTANT, False),
        (StartTerms(quiet_hours="22:00-06:00"), WINDOW, True),
        (StartTerms(quiet_hours="configured"), WINDOW, True),
        (StartTerms(quiet_hours="21:00-06:00"), WINDOW, False),
        (StartTerms(start_on="2026-12-24", quiet_hours="22:00-06:00"), WINDOW, True),
        (StartTerms(start_on="2026-12-26", quiet_hours="22:00-06:00"), WINDOW, False),
        (StartTerms(start_on="2026-12-24"), WINDOW, False),
        (StartTerms(start_on=" 2026-12-24 "), DAY, True),
        (StartTerms(start_on="renewal"), DAY, True),
        (StartTerms(start_on="2026-12-25"), DAY, False),
    ],
)
def test_a_repeated_change_is_known_in_the_words_it_was_asked_in(
    asked: StartTerms, recorded: StartTerms, *, is_same: bool
) -> None:
    """Another instant, window or day under one request id is another change (rules#scheduled-starts)."""
    assert may_be_same(asked, recorded) is is_same
