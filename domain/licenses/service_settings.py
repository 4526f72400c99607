"""Services of one user under the new plan: what is carried over, and what the directory can give.

Preview, pre-flight, every pass of the move and the comparison before the cancellation use this
(switch#services). A service that is on while the one that it needs stays off would be refused by the
directory for every user who has it so; it goes off too, and somebody confirms that before the order
(rules#dependent_service_off).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from domain.catalog.disabled_services import (
    GRANT_ALL,
    DependentService,
    DisabledMapping,
    UserServices,
    assignable,
    carried_settings,
    chosen_settings,
    map_disabled,
    service_rules,
    settings_beside_held,
)
from domain.catalog.plans import Plan, ServicePlan
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser, LicenseFailureCode
from domain.reasons.findings import Finding, FindingCode, finding

#: Services that one finding names.
NAMED_MAX = 8


class SettingsMapper:
    """Carries switched-off services over; many users share the same few combinations.

    Args:
        plans: Plans as the organization has them.
        source: Id of the old plan.
        target: Id of the new plan.
        service_settings: keep or grant_all.
    """

    def __init__(self, plans: OrganizationPlans, *, source: str, target: str, service_settings: str) -> None:
        self.plans = plans
        self._source, self._target = plans.plan(source), plans.plan(target)
        self._service_settings = service_settings
        self.of = lru_cache(maxsize=4096)(self._of)
        self._held = lru_cache(maxsize=4096)(self._of_held)
        self._chosen = lru_cache(maxsize=4096)(self._of_choice)
        self.unlisted_of = lru_cache(maxsize=4096)(self._unlisted_of)

    @property
    def source(self) -> Plan:
        """Return the old plan as the organization has it."""
        return self._source

    @property
    def target(self) -> Plan:
        """Return the new plan as the organization has it."""
        return self._target

    def read(self, users: Sequence[DirectoryUser]) -> None:
        """Read what else decides the settings of a page of users, before each is asked for: nothing here."""

    def _of(self, disabled: tuple[str, ...], beside: tuple[str, ...] = ()) -> DisabledMapping:
        return carried_settings(
            self._source, self._target, disabled, service_settings=self._service_settings, beside=beside
        )

    def services_of(self, user: DirectoryUser) -> UserServices:
        """Return what decides the settings of a user under the new plan."""
        source, target = self._source.plan_id, self._target.plan_id
        beside = self.plans.services_beside(user, {source, target})
        held = disabled_of(user, target) if user.can_use(target) else None
        return UserServices(disabled=disabled_of(user, source), beside=beside, held_disabled=held)

    def of_user(self, user: DirectoryUser) -> DisabledMapping:
        """Return the settings of one user: what the old plan had off, but nothing that the new one has on.

        Args:
            user: As the directory shows the user now; who can work with the new plan already keeps all that
                it gives (switch#services).
        """
        services = self.services_of(user)
        if services.held_disabled is None:
            return self.of(services.disabled, services.beside)
        return self._held(services.disabled, services.held_disabled, services.beside)

    def _of_held(
        self, disabled: tuple[str, ...], held_disabled: tuple[str, ...], beside: tuple[str, ...] = ()
    ) -> DisabledMapping:
        return settings_beside_held(
            self._source,
            self._target,
            disabled,
            held_disabled=held_disabled,
            service_settings=self._service_settings,
            beside=beside,
        )

    def chosen(
        self, old_disabled: tuple[str, ...], chosen_off: tuple[str, ...], beside: tuple[str, ...] = ()
    ) -> DisabledMapping:
        """Return the settings of a user for whom an operator has chosen the services that are off.

        Args:
            old_disabled: What is off under the old plan.
            chosen_off: What is to be off under the new one.
            beside: Names of services that other licenses of the user have on.
        """
        return self._chosen(old_disabled, chosen_off, beside)

    def _of_choice(
        self, old_disabled: tuple[str, ...], chosen_off: tuple[str, ...], beside: tuple[str, ...]
    ) -> DisabledMapping:
        return chosen_settings(self._source, self._target, old_disabled, chosen_off=chosen_off, beside=beside)

    def unlisted(self, user: DirectoryUser) -> tuple[str, ...]:
        """Return the services that our list of the new plan would switch off and the organization's lacks."""
        return self.unlisted_of(disabled_of(user, self._source.plan_id))

    def _unlisted_of(self, disabled: tuple[str, ...]) -> tuple[str, ...]:
        if self._service_settings == GRANT_ALL:
            return ()
        listed = self.plans.catalog.plan(self._target.plan_id)
        wanted = map_disabled(self._source, listed, disabled).new_disabled
        return tuple(each for each in wanted if each not in self._target.service_plan_ids)

    def frozen(
        self, old_disabled: tuple[str, ...], new_disabled: tuple[str, ...], *, has_new: bool = False
    ) -> DisabledMapping:
        """Return settings that were decided before, as far as the organization's plan has the services now.

        Args:
            old_disabled: What was off under the old plan.
            new_disabled: What was decided to be off under the new one.
            has_new: The user held the new plan before. What was off under it is not told here, so all that
                may be newly granted is; `LicenseReadBack.newly_granted` reads which of it was off.
        """
        may_be_off = new_disabled
        if self._service_settings == GRANT_ALL:
            may_be_off = tuple(sorted(self._target.service_plan_ids))
        mapped = self._held(old_disabled, may_be_off) if has_new else self.of(old_disabled)
        off, listed = frozenset(new_disabled), self._target.service_plan_ids
        return replace(
            mapped,
            new_disabled=tuple(sorted(off & listed if listed else off)),
            newly_granted=tuple(each for each in mapped.newly_granted if each not in off),
            dependents=tuple(each for each in mapped.dependents if each in off),
        )

    def explains(self, user: DirectoryUser, *, off: Iterable[str], wanted: Iterable[str]) -> bool:
        """Return whether what is off is what the switch asked for, or could.

        Args:
            user: As the directory shows the user now.
            off: What is off under the new plan.
            wanted: What was decided to be off.
        """
        services = self.services_of(user)
        assigned, _ = assignable(self._target, wanted, beside=services.beside)
        listed = self._target.service_plan_ids
        requested = {each for each in wanted if not listed or each in listed}
        return requested <= set(off) <= {*wanted, *assigned}


def disabled_of(user: DirectoryUser, plan_id: str) -> tuple[str, ...]:
    """Return the service plans of a plan that are switched off for a user, sorted."""
    held = user.license_of(plan_id)
    return tuple(sorted(held.disabled_service_ids)) if held else ()


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
