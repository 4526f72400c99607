"""Deadlines of the credit check in eight countries, recomputed by an independent path (rules#credit-check).

The path of the test shares nothing with the product's: the days off are written out below, days are counted
in a list, and the instant is found by trying every minute of UTC until the clock on the wall is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from activities.credit.business_calendar import business_calendar
from domain.catalog.rule_sets import rule_set
from domain.kernel.money import Money
from domain.ports.billing_port import BillingProfile
from domain.switch.credit import credit_deadlines


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place, with its days off as its public authorities tell them."""

    country: str
    subdivision: str | None
    zone: str
    off: str
    weekend: frozenset[int] = frozenset({5, 6})
    cut_off_hour: int | None = None
    closing_days: tuple[date, ...] = ()

    @property
    def days_off(self) -> frozenset[date]:
        """Every public holiday and closing day."""
        return frozenset(date.fromisoformat(day) for day in self.off.split()) | frozenset(self.closing_days)


BAVARIA = Place(
    country="DE",
    subdivision="BY",
    zone="Europe/Berlin",
    off="2026-01-01 2026-01-06 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-06-04 2026-10-03"
    " 2026-11-01 2026-12-25 2026-12-26 2027-01-01 2027-01-06",
)
BERLIN = Place(
    country="DE",
    subdivision="BE",
    zone="Europe/Berlin",
    off="2026-01-01 2026-03-08 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-10-03 2026-12-25"
    " 2026-12-26 2027-01-01",
)
AMERICA = Place(
    country="US",
    subdivision=None,
    zone="America/New_York",
    off="2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-07-04 2026-09-07 2026-10-12"
    " 2026-11-11 2026-11-26 2026-12-25 2027-01-01",
)
ENGLAND = Place(
    country="GB",
    subdivision="ENG",
    zone="Europe/London",
    off="2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-26 2026-12-28"
    " 2027-01-01",
)
FRANCE = Place(
    country="FR",
    subdivision=None,
    zone="Europe/Paris",
    off="2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14 2026-08-15 2026-11-01"
    " 2026-11-11 2026-12-25 2027-01-01",
)
JAPAN = Place(
    country="JP",
    subdivision=None,
    zone="Asia/Tokyo",
    off="2026-01-01 2026-01-12 2026-04-29 2026-05-03 2026-05-04 2026-05-05 2026-05-06 2026-09-21 2026-09-22"
    " 2026-09-23 2026-11-03 2026-11-23 2027-01-01",
)
KUWAIT = Place(
    country="KW",
    subdivision=None,
    zone="Asia/Kuwait",
    off="2026-02-25 2026-02-26",
    weekend=frozenset({4, 5}),
)
QUEBEC = Place(
    country="CA",
    subdivision="QC",
    zone="America/Toronto",
    off="2026-01-01 2026-04-03 2026-05-18 2026-06-24 2026-07-01 2026-09-07 2026-10-12 2026-12-25 2027-01-01",
)
SYDNEY = Place(
    country="AU",
    subdivision="NSW",
    zone="Australia/Sydney",
    off="2026-01-01 2026-01-26 2026-04-03 2026-04-06 2026-06-08 2026-10-05 2026-12-25 2026-12-26 2026-12-28"
    " 2027-01-01",
)

#: Start where the organization is -> its deadline two business days later, counted by hand.
CASES: list[tuple[Place, str, str]] = [
    # plain weeks and weekends
    (BERLIN, "2026-11-24 10:30", "2026-11-26 10:30"),
    (BERLIN, "2026-11-26 10:30", "2026-11-30 10:30"),
    (BERLIN, "2026-11-27 23:59", "2026-12-01 23:59"),
    (BERLIN, "2026-11-28 00:00", "2026-12-02 00:00"),
    (BERLIN, "2026-11-29 22:00", "2026-12-02 00:00"),
    # public and regional holidays
    (BAVARIA, "2026-01-05 09:00", "2026-01-08 09:00"),
    (BERLIN, "2026-01-05 09:00", "2026-01-07 09:00"),
    (BAVARIA, "2026-04-02 15:00", "2026-04-08 15:00"),
    (BAVARIA, "2026-06-03 08:00", "2026-06-08 08:00"),
    (BERLIN, "2026-06-03 08:00", "2026-06-05 08:00"),
    (BERLIN, "2026-05-13 11:00", "2026-05-18 11:00"),
    (BERLIN, "2026-05-01 11:00", "2026-05-06 00:00"),
    # year end
    (BERLIN, "2026-12-23 16:00", "2026-12-28 16:00"),
    (BERLIN, "2026-12-24 16:00", "2026-12-29 16:00"),
    (BERLIN, "2026-12-31 09:00", "2027-01-05 09:00"),
    (BAVARIA, "2026-12-31 09:00", "2027-01-05 09:00"),
    (BAVARIA, "2027-01-04 09:00", "2027-01-07 09:00"),
    (ENGLAND, "2026-12-24 12:00", "2026-12-30 12:00"),
    (ENGLAND, "2026-12-31 12:00", "2027-01-05 12:00"),
    (SYDNEY, "2026-12-24 12:00", "2026-12-30 12:00"),
    (AMERICA, "2026-12-31 17:00", "2027-01-05 17:00"),
    (FRANCE, "2026-12-30 18:00", "2027-01-04 18:00"),
    # the clocks change over the weekend
    (BERLIN, "2026-03-27 10:00", "2026-03-31 10:00"),
    (BERLIN, "2026-10-23 10:00", "2026-10-27 10:00"),
    (AMERICA, "2026-03-06 16:00", "2026-03-10 16:00"),
    (AMERICA, "2026-10-30 16:00", "2026-11-03 16:00"),
    (ENGLAND, "2026-03-27 09:15", "2026-03-31 09:15"),
    (SYDNEY, "2026-10-02 09:00", "2026-10-07 09:00"),
    (SYDNEY, "2026-04-02 09:00", "2026-04-08 09:00"),
    # the Americas
    (AMERICA, "2026-11-25 14:00", "2026-11-30 14:00"),
    (AMERICA, "2026-07-02 10:00", "2026-07-07 10:00"),
    (AMERICA, "2026-01-16 10:00", "2026-01-21 10:00"),
    (QUEBEC, "2026-06-23 10:00", "2026-06-26 10:00"),
    (QUEBEC, "2026-06-30 10:00", "2026-07-03 10:00"),
    (QUEBEC, "2026-10-09 10:00", "2026-10-14 10:00"),
    # England and France
    (ENGLAND, "2026-08-28 10:00", "2026-09-02 10:00"),
    (ENGLAND, "2026-04-02 10:00", "2026-04-08 10:00"),
    (FRANCE, "2026-04-03 10:00", "2026-04-08 10:00"),
    (FRANCE, "2026-05-07 10:00", "2026-05-12 10:00"),
    (FRANCE, "2026-07-13 10:00", "2026-07-16 10:00"),
    # Japan's weeks of holidays
    (JAPAN, "2026-05-01 10:00", "2026-05-08 10:00"),
    (JAPAN, "2026-09-18 10:00", "2026-09-25 10:00"),
    (JAPAN, "2026-11-20 10:00", "2026-11-25 10:00"),
    # Friday and Saturday are the weekend
    (KUWAIT, "2026-02-24 10:00", "2026-03-02 10:00"),
    (KUWAIT, "2026-02-05 10:00", "2026-02-09 10:00"),
    (KUWAIT, "2026-02-07 10:00", "2026-02-10 00:00"),
    # cut-off hour and the organization's own closing days
    (replace(BERLIN, cut_off_hour=17), "2026-11-24 16:59", "2026-11-26 16:59"),
    (replace(BERLIN, cut_off_hour=17), "2026-11-24 17:00", "2026-11-27 00:00"),
    (replace(BERLIN, cut_off_hour=17), "2026-11-27 17:00", "2026-12-02 00:00"),
    (replace(JAPAN, cut_off_hour=12), "2026-05-01 12:00", "2026-05-11 00:00"),
    (replace(BERLIN, closing_days=(date(2026, 11, 25),)), "2026-11-24 10:30", "2026-11-27 10:30"),
    (
        replace(FRANCE, closing_days=(date(2026, 12, 24), date(2026, 12, 28)), cut_off_hour=15),
        "2026-12-23 15:00",
        "2026-12-31 00:00",
    ),
]


def _profile(place: Place) -> BillingProfile:
    return BillingProfile(
        organization_id="contoso",
        display_name="Contoso",
        country=place.country,
        subdivision=place.subdivision,
        time_zone=place.zone,
        currency="EUR",
        segment="commercial",
        tax_rate=Decimal(0),
        balance_due=Money.zero("EUR"),
        payment_method="invoice",
        custom_domains=(),
        closing_days=place.closing_days,
        cut_off_hour=place.cut_off_hour,
    )


def _instant(place: Place, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place.zone)).astimezone(UTC)


def _recomputed(place: Place, start: datetime, days: int) -> datetime:
    """Return the instant by listing days and trying minutes."""
    local = start.astimezone(ZoneInfo(place.zone))
    ahead = [local.date() + timedelta(days=number) for number in range(40)]
    working = [day for day in ahead if day.weekday() not in place.weekend and day not in place.days_off]
    is_over = place.cut_off_hour is not None and local.hour >= place.cut_off_hour
    if local.date() in working and not is_over:
        wanted = datetime.combine(working[days], local.time())
    else:
        wanted = datetime.combine([day for day in working if day != local.date()][days], time())
    minute = datetime.combine(wanted.date(), wanted.time(), UTC) - timedelta(hours=15)
    while minute.astimezone(ZoneInfo(place.zone)).replace(tzinfo=None) != wanted:
        minute += timedelta(minutes=1)
    return minute


@pytest.mark.parametrize(("place", "start", "expected"), CASES)
def test_two_business_days_are_the_same_by_every_path(place: Place, start: str, expected: str) -> None:
    """Counted by hand, by the test's own path and by the product, the instants are the same."""
    begin = _instant(place, start)
    calendar = business_calendar(_profile(place), [begin.year - 1, begin.year, begin.year + 1]).calendar

    deadlines = credit_deadlines(begin, calendar, rule_set("current"))

    assert deadlines.deadline_at == _instant(place, expected)
    assert deadlines.deadline_at == _recomputed(place, begin, 2)
    assert deadlines.reminder_at == _recomputed(place, begin, 1)


def test_cases_are_forty_in_eight_countries() -> None:
    """The table is as large as was promised."""
    assert len(CASES) >= 40
    assert len({place.country for place, _, _ in CASES}) == 8
