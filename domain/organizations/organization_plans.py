"""Plans as the directory of one organization shows them: its word counts more than our list.

The vendor adds services to a plan and takes some away, at another time for each organization. What is asked
of the directory is what its own list of the plan has; the rest is told (rules#service_not_in_plan).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from domain.catalog.catalog import Catalog, UnknownPlan
from domain.catalog.disabled_services import service_rules
from domain.catalog.plans import Plan, ServicePlan, name_service
from domain.ports.directory_port import DirectoryUser, HeldLicense, ServiceStatus, SubscribedPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationPlans:
    """The catalog, corrected by the license pools of one organization."""

    catalog: Catalog
    pools: Mapping[str, SubscribedPlan]

    @classmethod
    def of(cls, catalog: Catalog, pools: Iterable[SubscribedPlan]) -> OrganizationPlans:
        """Return the plans of an organization, by its license pools in the directory."""
        return cls(catalog=catalog, pools={pool.plan_id.lower(): pool for pool in pools})

    def plan(self, plan_id: str) -> Plan:
        """Return a plan with the services that the organization has of it.

        Where the directory does not list the plan yet, our list counts.

        Raises:
            UnknownPlan: The catalog does not have it.
        """
        plan = self.catalog.plan(plan_id)
        pool = self.pools.get(plan_id.lower())
        if pool is None or not pool.services:
            return plan
        return replace(plan, service_plans=self._services(plan, pool.services))

    def missing(self, plan_id: str) -> tuple[ServicePlan, ...]:
        """Return the services that our list has and the organization's plan has not."""
        shown = self.plan(plan_id).service_plan_ids
        return tuple(
            each for each in self.catalog.plan(plan_id).service_plans if each.service_plan_id not in shown
        )

    def added(self, plan_id: str) -> tuple[ServicePlan, ...]:
        """Return the services that the organization's plan has and our list has not."""
        listed = self.catalog.plan(plan_id).service_plan_ids
        return tuple(each for each in self.plan(plan_id).service_plans if each.service_plan_id not in listed)

    def services_beside(self, user: DirectoryUser, without: Collection[str]) -> tuple[str, ...]:
        """Return names of services that others may need and that further licenses of a user have on, sorted.

        Args:
            user: As the directory shows the user.
            without: Ids of plans that do not count, as the switch gives or takes them.
        """
        further = [held for held in user.licenses if held.plan_id not in without]
        if not further:
            return ()
        needed = service_rules().needed
        return tuple(sorted({name for held in further for name in self.names_on(held) if name in needed}))

    def names_on(self, held: HeldLicense) -> Iterator[str]:
        """Yield the names of the services that a license has on, in capitals."""
        off = set(held.disabled_service_ids)
        for service_plan_id, name in self._names(held.plan_id):
            if service_plan_id not in off and held.is_active:
                yield name.upper()

    def _names(self, plan_id: str) -> list[tuple[str, str]]:
        pool = self.pools.get(plan_id.lower())
        if pool is not None and pool.services:
            return [(each.service_id, each.name) for each in pool.services]
        try:
            return [(each.service_plan_id, each.name) for each in self.catalog.plan(plan_id).service_plans]
        except UnknownPlan:
            return []

    def _services(self, plan: Plan, shown: Iterable[ServiceStatus]) -> tuple[ServicePlan, ...]:
        """Return the services that are shown, those of our list first and in its order."""
        by_id = {each.service_id.lower(): each for each in shown}
        listed = [each for each in plan.service_plans if each.service_plan_id in by_id]
        known = plan.service_plan_ids
        added = (each for service_plan_id, each in by_id.items() if service_plan_id not in known)
        return (*listed, *(_service_plan(self.catalog, each) for each in added))


def _service_plan(catalog: Catalog, shown: ServiceStatus) -> ServicePlan:
    """Return a service that our list of the plan lacks: as another plan has it, else by its name alone."""
    listed = catalog.service_plan(shown.service_id)
    if listed is not None:
        return listed
    named = name_service(shown.name)
    return ServicePlan(
        service_plan_id=shown.service_id.lower(),
        name=shown.name,
        friendly_name=shown.name,
        service=named.service,
        family=named.family,
        tier=named.tier,
        is_data_service=named.is_data_service,
    )
