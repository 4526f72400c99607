"""The vendor's price book as the sandbox knows it, with its own reading of the data-service tiers.

The tiers are deliberately not taken from the catalog module: the referee must not inherit its mistakes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import domain.catalog

#: Data-service families and the tier that each service plan name stands for
#: (rules#target_lacks_data_services).
TIERS: dict[str, dict[str, int]] = {
    "exchange": {
        "EXCHANGE_S_DESKLESS": 1,
        "EXCHANGE_L_STANDARD": 2,
        "EXCHANGE_S_STANDARD": 2,
        "EXCHANGE_S_STANDARD_MIDMARKET": 2,
        "EXCHANGE_S_ENTERPRISE": 3,
    },
    "sharepoint": {
        "SHAREPOINTDESKLESS": 1,
        "SHAREPOINTLITE": 2,
        "SHAREPOINTSTANDARD": 2,
        "SHAREPOINTSTANDARD_EDU": 2,
        "SHAREPOINTENTERPRISE_MIDMARKET": 2,
        "SHAREPOINTENTERPRISE": 3,
        "SHAREPOINTENTERPRISE_EDU": 3,
    },
    "skype": {
        "MCOIMP": 1,
        "MCOLITE": 1,
        "MCOSTANDARD": 2,
        "MCOSTANDARD_MIDMARKET": 2,
        "MCOVOICECONF": 3,
        "MCOEV": 3,
    },
    "teams": {"TEAMS1": 1},
    "yammer": {"YAMMER_EDU": 1, "YAMMER_MIDSIZE": 1, "YAMMER_ENTERPRISE": 1},
}

#: Teams stands in for Skype where a plan no longer offers Skype; nothing stands in for Teams.
STAND_INS = {"skype": "teams"}

#: Price of one license and month where the price book has none, in minor units.
FALLBACK_PRICE_MINOR_UNITS = 500
#: Services that an administrator must switch on himself, so that they stay pending (vendor#reads).
NEEDS_ACTIVATION = frozenset({"INTUNE_O365"})
MONTHS_PER_YEAR = 12
#: Currencies of the price list without a part of a unit (ISO 4217); the others of it have hundredths.
WHOLE_CURRENCIES = frozenset({"JPY", "KRW"})
MINOR_UNITS_PER_UNIT = 100

_TIER_OF_NAME = {name: (family, tier) for family, tiers in TIERS.items() for name, tier in tiers.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxService:
    """One service plan inside a plan."""

    service_plan_id: str
    name: str
    #: Data-service family, or None where the service holds no data that a switch must keep.
    family: str | None
    tier: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxPlan:
    """One plan of the vendor's list."""

    plan_id: str
    part_number: str
    name: str
    services: tuple[SandboxService, ...]
    #: List price of one license and month in minor units, by currency.
    monthly_prices: Mapping[str, int]

    def unit_price_minor_units(self, currency: str, billing_cycle: str) -> int:
        """Return the price of one license for one billing period."""
        monthly = self.monthly_prices.get(currency, FALLBACK_PRICE_MINOR_UNITS)
        return monthly * MONTHS_PER_YEAR if billing_cycle == "annual" else monthly

    @property
    def data_tiers(self) -> dict[str, int]:
        """Return the data-service tiers that the plan gives a user with every service on."""
        return data_tiers(self, frozenset())


def data_tiers(plan: SandboxPlan, disabled: Iterable[str]) -> dict[str, int]:
    """Return the tier per data-service family that a license gives with `disabled` services off."""
    off = frozenset(disabled)
    tiers: dict[str, int] = {}
    for service in plan.services:
        if service.family is not None and service.service_plan_id not in off:
            tiers[service.family] = max(service.tier, tiers.get(service.family, 0))
    return tiers


PlanBook = Mapping[str, SandboxPlan]


def parse_plans(catalog: Mapping[str, Any]) -> dict[str, SandboxPlan]:
    """Read the plans of a catalog file, keyed by lower-case plan id."""
    services = {row["service_plan_id"]: _service(row) for row in catalog["service_plans"]}
    plans = (_plan(row, services) for row in catalog["plans"])
    return {plan.plan_id: plan for plan in plans}


@cache
def load_plans() -> PlanBook:
    """Return the packaged price book with the packaged list of prices, read once per process."""
    data = files(domain.catalog) / "data"
    plans = parse_plans(json.loads((data / "catalog.json").read_text(encoding="utf-8")))
    rows = csv.DictReader((data / "price_list.csv").read_text(encoding="utf-8").splitlines())
    return with_listed_prices(plans, rows)


def with_listed_prices(plans: PlanBook, rows: Iterable[Mapping[str, str]]) -> dict[str, SandboxPlan]:
    """Return plans with the prices of a list, whose rows name them by id."""
    prices = {plan_id: dict(plan.monthly_prices) for plan_id, plan in plans.items()}
    for row in rows:
        units = 1 if row["currency"] in WHOLE_CURRENCIES else MINOR_UNITS_PER_UNIT
        prices[row["plan"]][row["currency"]] = int(Decimal(row["price_per_user_month"]) * units)
    return {plan_id: replace(plan, monthly_prices=prices[plan_id]) for plan_id, plan in plans.items()}


def _plan(row: Mapping[str, Any], services: Mapping[str, SandboxService]) -> SandboxPlan:
    return SandboxPlan(
        plan_id=row["plan_id"].lower(),
        part_number=row["part_number"],
        name=row["name"],
        services=tuple(services[service_plan_id] for service_plan_id in row["service_plan_ids"]),
        monthly_prices={price["currency"]: price["unit_price_minor_units"] for price in row["prices"]},
    )


def _service(row: Mapping[str, Any]) -> SandboxService:
    return service_named(row["service_plan_id"], row["name"])


def service_named(service_plan_id: str, name: str) -> SandboxService:
    """Return a service by its id and name; the name tells whether it holds data."""
    family, tier = _TIER_OF_NAME.get(name, (None, 0))
    return SandboxService(service_plan_id=service_plan_id.lower(), name=name, family=family, tier=tier)
