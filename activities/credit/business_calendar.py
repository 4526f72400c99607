"""The organization's business days, with the public holidays of its country and subdivision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from importlib.metadata import version

import holidays
import structlog

from domain.kernel.calendar import SATURDAY_AND_SUNDAY, BusinessCalendar
from domain.ports.billing_port import BillingProfile

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourcedCalendar:
    """A calendar, and where its holidays were read."""

    calendar: BusinessCalendar
    #: Goes into the record, such as `holidays 0.109 DE-BE`.
    source: str


def business_calendar(profile: BillingProfile, years: Iterable[int]) -> SourcedCalendar:
    """Return the business days of an organization in some years.

    A country that the list does not know has no public holidays here, and its weekend is Saturday and Sunday:
    its deadlines come rather too early than too late, and the record says so.

    Args:
        profile: Country, subdivision, zone, own closing days and cut-off hour.
        years: Years that a wait may touch.
    """
    public, place = _public_holidays(profile, sorted(set(years)))
    return SourcedCalendar(
        calendar=BusinessCalendar(
            time_zone=profile.time_zone,
            holidays=frozenset(public or ()) | frozenset(profile.closing_days),
            weekend=SATURDAY_AND_SUNDAY if public is None else frozenset(public.weekend),
            cut_off=None if profile.cut_off_hour is None else time(profile.cut_off_hour),
            working_weekend_days=frozenset() if public is None else _working_weekend_days(public),
        ),
        source=f"holidays {version('holidays')} {place}",
    )


def _public_holidays(profile: BillingProfile, years: list[int]) -> tuple[holidays.HolidayBase | None, str]:
    """Return the list of the subdivision, else of the country, else none."""
    country, subdivision = profile.country, profile.subdivision
    for part, place in ((subdivision, f"{country}-{subdivision}"), (None, country)):
        try:
            return holidays.country_holidays(country, subdiv=part, years=years), place if part else country
        except NotImplementedError:
            _log.warning("holidays_unknown", country=country, subdivision=part or "")
    return None, f"without {country}"


def _working_weekend_days(public: holidays.HolidayBase) -> frozenset[date]:
    return frozenset(day for day in public.weekend_workdays if day not in public)
