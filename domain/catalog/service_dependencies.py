"""Which service needs another one on beside it, and which exclude each other.

See rules#dependent_service_off.

The directory refuses a license with a service that is on while nothing that it needs is on. What needs what
is data of the catalog, by the vendor's names of services, which change less between editions than their ids.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import domain.catalog
from domain.catalog.plans import ServicePlan

DATA_FILE = "service_dependencies.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceNeed:
    """One need of a service: any of several others suffices."""

    service: str
    #: Names of services in capitals.
    one_of: frozenset[str]
    #: Where the vendor says so.
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRules:
    """Needs and exclusions, by the vendor's names of services in capitals."""

    needs: Mapping[str, tuple[ServiceNeed, ...]]
    #: Of each set nobody has two on at once.
    exclusions: tuple[frozenset[str], ...]

    @property
    def needed(self) -> frozenset[str]:
        """Return every service that another one needs."""
        return frozenset(name for needs in self.needs.values() for need in needs for name in need.one_of)

    def unmet(self, service: str, on: Collection[str]) -> ServiceNeed | None:
        """Return the first need of a service that nothing of `on` meets; None where all are met.

        Args:
            service: Name of the service.
            on: Names of services in capitals that are on.
        """
        needs = self.needs.get(service.upper(), ())
        return next((need for need in needs if need.one_of.isdisjoint(on)), None)

    def excluded(self, some: Iterable[str], others: Iterable[str]) -> tuple[str, str] | None:
        """Return the first two services that exclude each other; None if there are none.

        Args:
            some: Names of services that are on in one license.
            others: Names of those that are on in another.
        """
        left, right = {name.upper() for name in some}, {name.upper() for name in others}
        pairs = (
            (one, other)
            for exclusion in self.exclusions
            for one in sorted(left & exclusion)
            for other in sorted(right & exclusion)
            if one != other
        )
        return next(pairs, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DependentService:
    """A service that can't be on, as nothing that it needs is on."""

    service_plan_id: str
    name: str
    #: Names of the services, sorted; any one of them is enough.
    one_of: tuple[str, ...]


@lru_cache(maxsize=1)
def service_rules() -> ServiceRules:
    """Return the packaged rules; they are read once per process."""
    text = files(domain.catalog).joinpath("data", DATA_FILE).read_text(encoding="utf-8")
    return rules_of(json.loads(text))


def rules_of(document: Mapping[str, Any]) -> ServiceRules:
    """Make the rules of their document.

    Args:
        document: Families of services, needs and exclusions, each with its source.

    Raises:
        KeyError: A need names a family or a source that is not there.
    """
    needs: dict[str, tuple[ServiceNeed, ...]] = {}
    for row in document["needs"]:
        need = ServiceNeed(
            service=row["service"],
            one_of=frozenset(name.upper() for name in document["families"][row["one_of"]]),
            source=document["sources"][row["source"]],
        )
        name = need.service.upper()
        needs[name] = (*needs.get(name, ()), need)
    exclusions = (row["services"] for row in document["exclusions"])
    return ServiceRules(
        needs=needs, exclusions=tuple(frozenset(name.upper() for name in names) for names in exclusions)
    )


def dependents_off(
    services: Iterable[ServicePlan],
    off: Collection[str],
    *,
    beside: Collection[str] = (),
    rules: ServiceRules | None = None,
) -> tuple[DependentService, ...]:
    """Return the services that have to go off with those that are off, in the order of the chain.

    Args:
        services: All services of a plan.
        off: Ids of those that are switched off.
        beside: Names of services that other licenses of the user have on.
        rules: Needs of services; the packaged ones by default.
    """
    known = rules or service_rules()
    on = {each.service_plan_id: each for each in services if each.service_plan_id not in off}
    others = {name.upper() for name in beside}
    dependents: list[DependentService] = []
    while True:
        names = others | {each.name.upper() for each in on.values()}
        failing = [
            (each, need)
            for each in sorted(on.values(), key=lambda service: service.service_plan_id)
            if (need := known.unmet(each.name, names)) is not None
        ]
        if not failing:
            return tuple(dependents)
        for each, need in failing:
            del on[each.service_plan_id]
            dependents.append(
                DependentService(
                    service_plan_id=each.service_plan_id, name=each.name, one_of=tuple(sorted(need.one_of))
                )
            )
