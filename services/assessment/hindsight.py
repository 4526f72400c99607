"""Hindsight: the one input that is to be another one, by its name, and the basis of decisions with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

import holidays

from activities.credit.business_calendar import business_calendar
from audit.whatif.basis import Basis, Input, require_one
from domain.catalog.catalog import UnknownCatalog
from domain.catalog.rule_sets import rule_set_names
from domain.kernel.calendar import BusinessCalendar
from domain.kernel.errors import InvalidInput
from domain.periods.proration import proration_policy
from domain.ports.billing_port import BillingProfile
from store.record.catalogs import Catalogs

#: Letters of a country's code (ISO 3166-1 alpha-2).
_CODE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherInput:
    """What is to be another one; exactly one field is named."""

    #: Name of a rule set.
    rules: str | None = None
    #: Version of the catalog.
    catalog: str | None = None
    #: Country of a calendar, such as DE, or a part of it, such as DE-BE.
    calendar: str | None = None
    #: Name of a proration policy.
    policy: str | None = None


def basis_of(catalogs: Catalogs, other: OtherInput) -> Basis:
    """Return what decisions are made by with another input.

    Args:
        catalogs: Every version of the catalog.
        other: Names it.

    Raises:
        InvalidInput: None or several are named, or there is no such rule set, place or policy.
        UnknownCatalog: No version of the catalog is called so.
    """
    names = {
        Input.RULES: other.rules,
        Input.CATALOG: other.catalog,
        Input.CALENDAR: other.calendar,
        Input.POLICY: other.policy,
    }
    changed = require_one(names)
    name = (names[changed] or "").strip()
    if changed is Input.RULES:
        if name not in rule_set_names():
            raise InvalidInput(field="rules", value=name, allowed=", ".join(rule_set_names()))
    elif changed is Input.POLICY:
        proration_policy(name)
    elif changed is Input.CALENDAR:
        name = name.upper()
        _require_place(name)
    else:
        _require_version(catalogs, name)
    return Basis(
        changed=changed, name=name, catalog_of=catalogs.version, calendar_of=KnownCalendars().calendar
    )


def _require_version(catalogs: Catalogs, name: str) -> None:
    versions = [each.name for each in catalogs.versions()]
    if name not in versions:
        raise UnknownCatalog(
            f"There is no version {name!r} of the catalog; there are: {', '.join(versions)}.",
            remedy="See the versions with `planswitch catalog versions`.",
        )


def _require_place(name: str) -> None:
    # Countries have several codes; those of two letters are the ones that billing has.
    places = {
        code: parts for code, parts in holidays.list_supported_countries().items() if len(code) == _CODE
    }
    country, _, subdivision = name.partition("-")
    if country not in places:
        raise InvalidInput(field="calendar", value=name, allowed=", ".join(sorted(places)))
    if subdivision and subdivision not in places[country]:
        parts = ", ".join(f"{country}-{each}" for each in places[country])
        raise InvalidInput(field="calendar", value=name, allowed=f"{country}, {parts}".rstrip(", "))


class KnownCalendars:
    """Calendars of places, each read once: organizations differ in their closing days and hours alone."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, tuple[int, ...]], BusinessCalendar] = {}

    def calendar(self, profile: BillingProfile, years: Sequence[int]) -> BusinessCalendar:
        """Return the business days of an organization, as a credit check reads them.

        Args:
            profile: Country, subdivision, zone, own closing days and cut-off hour.
            years: Years that a wait may touch.
        """
        key = (profile.country, profile.subdivision, tuple(years))
        if key not in self._known:
            public = replace(profile, closing_days=(), cut_off_hour=None)
            self._known[key] = business_calendar(public, years).calendar
        known, hour = self._known[key], profile.cut_off_hour
        return replace(
            known,
            time_zone=profile.time_zone,
            holidays=known.holidays | frozenset(profile.closing_days),
            cut_off=None if hour is None else time(hour),
        )
