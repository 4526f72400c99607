"""What a look at the users tells of their services: which go off with others, and which are not there.

A service that is on while the one that it needs stays off would be refused by the directory for every user
who has it so; it goes off too, and somebody confirms that before the order (rules#dependent_service_off).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.catalog.disabled_services import DisabledMapping, assignable
from domain.catalog.plans import ServicePlan
from domain.catalog.service_dependencies import DependentService, service_rules
from domain.licenses.service_settings import SettingsMapper
from domain.ports.user_port import DirectoryUser, LicenseFailureCode
from domain.reasons.findings import Finding, FindingCode, finding

#: Services that one finding names.
NAMED_MAX = 8


@dataclass(kw_only=True, slots=True)
class ServiceTally:
    """Counts users by what becomes of their services under the new plan."""

    _dependents: Counter[str] = field(default_factory=Counter)
    _needs: dict[str, DependentService] = field(default_factory=dict)
    #: Ids of services that would be off and are not in the organization's plan.
    _unlisted: Counter[str] = field(default_factory=Counter)

    def add(self, mapper: SettingsMapper, user: DirectoryUser) -> bool:
        """Count one user, and tell whether a service goes off for them with another one."""
        return self.add_settings(
            mapper,
            mapper.of_user(user),
            unlisted=mapper.unlisted(user),
            beside=mapper.services_of(user).beside,
        )

    def add_settings(
        self,
        mapper: SettingsMapper,
        mapped: DisabledMapping,
        *,
        unlisted: Iterable[str],
        beside: Collection[str] = (),
    ) -> bool:
        """Count the settings of one user, and tell whether a service goes off for them with another one.

        Args:
            mapper: Carries the users' switched-off services over.
            mapped: What becomes of this user's services.
            unlisted: Ids of services that would be off and are not in the organization's plan.
            beside: Names of services that other licenses of the user have on.
        """
        self._unlisted.update(unlisted)
        if not mapped.dependents:
            return False
        self._dependents.update(mapped.dependents)
        if not self._needs.keys() >= set(mapped.dependents):
            off = set(mapped.new_disabled) - set(mapped.dependents)
            _, dependents = assignable(mapper.target, off, beside=beside)
            self._needs |= {each.service_plan_id: each for each in dependents}
        return True

    def findings(self, mapper: SettingsMapper) -> Iterator[Finding]:
        """Yield what was counted, a service at a time."""
        plan = mapper.target
        names = {each.service_plan_id: _named(each) for each in plan.service_plans}
        for service_plan_id, users in sorted(self._dependents.items()):
            need = self._needs[service_plan_id]
            yield finding(
                FindingCode.DEPENDENT_SERVICE_OFF,
                service=names[service_plan_id],
                service_plan_id=service_plan_id,
                needs=_needed(need, plan.service_plans),
                users=users,
            )
        missing = {each.service_plan_id: _named(each) for each in mapper.plans.missing(plan.plan_id)}
        for service_plan_id, users in sorted(self._unlisted.items()):
            yield finding(
                FindingCode.SERVICE_NOT_IN_PLAN,
                service=missing.get(service_plan_id, service_plan_id),
                service_plan_id=service_plan_id,
                plan=plan.name,
                users=users,
            )
        added = mapper.plans.added(plan.plan_id)
        if added:
            yield finding(
                FindingCode.PLAN_HAS_MORE_SERVICES,
                plan=plan.name,
                count=len(added),
                services=", ".join(_named(each) for each in added[:NAMED_MAX]),
            )


def service_conflict(mapper: SettingsMapper, user: DirectoryUser) -> str:
    """Return the code with which the directory would refuse a user for services of further licenses, or "".

    Args:
        mapper: Carries the users' switched-off services over.
        user: As the directory shows the user now.
    """
    switched = {mapper.source.plan_id, mapper.target.plan_id}
    further = [held for held in user.licenses if held.plan_id not in switched]
    if not further:
        return ""
    rules, settings = service_rules(), mapper.of_user(user)
    beside = {name for held in further for name in mapper.plans.names_on(held)}
    after = {
        each.name.upper()
        for each in mapper.target.service_plans
        if each.service_plan_id not in settings.new_disabled
    }
    if rules.excluded(after, beside):
        return LicenseFailureCode.SERVICES_EXCLUDE
    off = mapper.services_of(user).disabled
    before = {each.name.upper() for each in mapper.source.service_plans if each.service_plan_id not in off}
    is_broken = any(
        rules.unmet(name, beside | after) is not None and rules.unmet(name, beside | before) is None
        for name in beside
    )
    return LicenseFailureCode.NEEDED_SERVICE_OFF if is_broken else ""


def _named(service: ServicePlan) -> str:
    return service.friendly_name or service.name


def _needed(need: DependentService, services: tuple[ServicePlan, ...]) -> str:
    """Return the names of what is needed: those that the plan has, or all where it has none."""
    known: Mapping[str, str] = {each.name.upper(): _named(each) for each in services}
    return " or ".join([known[name] for name in need.one_of if name in known] or need.one_of)
