"""Looking at users before the order: what would be refused (rules#operator-controls), the pilot, the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from temporalio import activity
from temporalio.exceptions import CancelledError

from activities.assessment.preparation import Prepared
from activities.base.step import Step, request_of
from activities.directory.original_settings import restoring_mapper
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import user_pages, users_on
from domain.catalog.addons import addon_fates
from domain.catalog.catalog import Catalog
from domain.catalog.disabled_services import DisabledMapping, UserServices, count_mappings
from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import UnknownGroup
from domain.kernel.facts import as_plain
from domain.licenses.pilot import PilotCount, PlannedPilot, unknown_group
from domain.licenses.preflight import Preflight, PreflightCheck
from domain.licenses.promised_time import (
    INVOICE_DAYS,
    administration_lock_seconds,
    license_move_seconds,
    switch_seconds,
)
from domain.licenses.restored_settings import RestoringMapper
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser
from domain.requests.switch_plan import PlanFacts, Promises, SwitchPlan, switch_plan
from domain.subscriptions.subscription import Subscription
from domain.switch.preflight_events import PreflightChecked
from store.switch_store import SwitchStore

#: Users who are read while somebody waits for the answer; the others are read before the order.
USERS_MAX = 10_000
#: Names the commit in which the look at all users of many is stored.
ALL_USERS = "preflight"
PAGES_MAX = 1_000


def preflight(
    cloud: Cloud,
    catalog: Catalog,
    prepared: Prepared,
    *,
    store: SwitchStore | None = None,
    look: Callable[[Sequence[DirectoryUser], SettingsMapper], object] = lambda _users, _mapper: None,
) -> Preflight:
    """Read the users of the old plan and return what they are to expect.

    Args:
        cloud: The outside.
        catalog: Plans of the switch.
        prepared: The answer to the question that was asked.
        store: The event store: what a switch back restores is there; None reads none.
        look: Is shown each page, so that what else is asked of the users needs no second reading, and how
            their settings are carried over.
    """
    organization_id, plan_id = prepared.question.terms.organization_id, prepared.source.plan_id
    check = _check(catalog, settings_of(catalog, prepared, store))
    pages = user_pages(lambda cursor: cloud.directory.users_page(organization_id, plan_id, cursor))
    for users in islice(pages, PAGES_MAX):
        check.add(users)
        look(users, check.mapper)
        if check.checked >= USERS_MAX:
            break
    return check.result(users=prepared.users, quantity=prepared.quantity)


def check_all_users(step: Step, source: Subscription) -> Subscription:
    """Read every user where the request read the first ones only, and record what they are to expect.

    Nothing is refused for it: among the first ones is somebody who can be moved, and the others may be
    mended until the move.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; it is returned as it stands afterwards.

    Raises:
        CancelledError: The step was cancelled before the order.
    """
    if not _is_partly_checked(step, source):
        return source
    requested = request_of(step, source)
    check = _check(step.catalog, settings_mapper(step, source))
    for users in users_on(step, source.plan_id):
        if activity.is_cancelled():
            raise CancelledError("The look at the users was stopped before the order.")
        check.add(users)
    result = check.result(users=check.checked, quantity=requested.quantity)

    def change(newest: Subscription) -> None:
        if _is_partly_checked(step, newest):
            record_preflight(step, newest, result)

    step.change_source(change, what=ALL_USERS)
    return step.source()


def preview(
    cloud: Cloud,
    catalog: Catalog,
    prepared: Prepared,
    pilot: PlannedPilot | None = None,
    *,
    store: SwitchStore | None = None,
) -> SwitchPlan:
    """Return the plan of a switch; it reads the settings of its users and changes nothing.

    Args:
        cloud: The outside.
        catalog: Plans and add-ons.
        prepared: The answer to the question that was asked.
        pilot: Who moves first, as `planned_pilot` has found it.
        store: As `preflight` takes it.
    """
    facts = prepared.assessment.input
    counts = _ServiceCounter()
    checked = preflight(cloud, catalog, prepared, store=store, look=counts.add)
    mapper = settings_of(catalog, prepared, store)
    plan = switch_plan(
        PlanFacts(
            source=mapper.source,
            target=mapper.target,
            quote=prepared.quote,
            rules=rule_set(prepared.question.terms.rule_set),
            users=prepared.users,
            quantity=prepared.quantity,
            service_settings=prepared.service_settings,
            combinations=counts.combinations,
            service_counts=count_mappings(counts.restored) if counts.restored else None,
            preflight=checked,
            addons=addon_fates(catalog, facts.source, facts.subscriptions, mapper.target),
            may_need_credit_check=prepared.may_need_credit_check,
            promises=promises_of(prepared.users),
            time_zone=prepared.profile.time_zone,
            now=prepared.assessment.at,
            is_target_renewed=facts.carried.is_auto_renewed,
        )
    )
    return replace(plan, pilot=pilot)


@dataclass(kw_only=True, slots=True)
class _ServiceCounter:
    """Counts users page by page by what decides their services, and by what a switch back restores."""

    combinations: Counter[UserServices] = field(default_factory=Counter)
    restored: Counter[DisabledMapping] = field(default_factory=Counter)

    def add(self, users: Sequence[DirectoryUser], mapper: SettingsMapper) -> None:
        """Count the users of a page."""
        self.combinations.update(mapper.services_of(user) for user in users)
        if isinstance(mapper, RestoringMapper):
            self.restored.update(mapper.of_user(user) for user in users)


def settings_of(catalog: Catalog, prepared: Prepared, store: SwitchStore | None) -> SettingsMapper:
    """Return how the users' switched-off services would be carried over, or given back.

    Args:
        catalog: Plans of the switch.
        prepared: The answer, which has the plans as the directory shows them now.
        store: As `preflight` takes it.
    """
    plans = OrganizationPlans.of(catalog, prepared.assessment.input.subscribed)
    terms = prepared.question.terms
    if terms.switch_back_of and store is not None:
        return restoring_mapper(store, plans, terms.organization_id, terms.switch_back_of)
    return SettingsMapper(
        plans,
        source=prepared.source.plan_id,
        target=terms.target_plan_id,
        service_settings=prepared.service_settings,
    )


def _check(catalog: Catalog, mapper: SettingsMapper) -> PreflightCheck:
    source, target = mapper.source.plan_id, mapper.target.plan_id
    return PreflightCheck(source=catalog.plan(source), target=catalog.plan(target), mapper=mapper)


def _is_partly_checked(step: Step, source: Subscription) -> bool:
    recorded = step.state_of(source).of(PreflightChecked)
    return recorded is not None and USERS_MAX <= recorded.users_checked < recorded.users


def record_preflight(step: Step, source: Subscription, result: Preflight) -> None:
    """Append what the users are to expect, by their opaque keys."""
    findings: list[dict[str, Any]] = []
    for each in result.findings:
        keys = step.store.vault.keys_for(step.order.organization_id, each.named)
        facts: dict[str, Any] = as_plain(each)
        del facts["named"]
        findings.append({**facts, "user_keys": [str(key) for key in keys]})
    step.advance(
        source,
        PreflightChecked,
        users=result.users,
        users_checked=result.users_checked,
        failing=result.failing,
        findings=findings,
    )


def planned_pilot(cloud: Cloud, prepared: Prepared) -> PlannedPilot | None:
    """Return who would move first, or None where everybody moves at once.

    Raises:
        InvalidInput: The directory has no such group, or none of its members can move first.
    """
    terms, group_id = prepared.question.terms, prepared.question.terms.pilot_group_id
    if not group_id:
        return PlannedPilot(users=min(terms.pilot, prepared.users)) if terms.pilot else None
    count = PilotCount(group_id=group_id, plan_id=prepared.source.plan_id)
    try:
        for page in _members(cloud, terms.organization_id, group_id):
            count.add(page)
    except UnknownGroup as error:
        raise unknown_group(group_id) from error
    return count.result()


def pilot_users(step: Step, plan_id: str) -> Iterator[list[DirectoryUser]]:
    """Yield the pilot's users page by page: members who hold a license of the plan by themselves.

    A group that is gone by now has none: the switch then pauses with nobody moved.
    """
    order = step.order
    if not order.pilot_group_id:
        return
    try:
        for page in _members(step.cloud, order.organization_id, order.pilot_group_id):
            yield [user for user in page if user.has_direct(plan_id)]
    except UnknownGroup:
        return


def _members(cloud: Cloud, organization_id: str, group_id: str) -> Iterator[tuple[DirectoryUser, ...]]:
    return user_pages(lambda cursor: cloud.groups.members_page(organization_id, group_id, cursor))


def promises_of(users: int) -> Promises:
    """Return what is promised for a switch of so many users."""
    return Promises(
        switch_seconds=switch_seconds(users),
        license_move_seconds=license_move_seconds(users),
        administration_lock_seconds=administration_lock_seconds(users),
        invoice_days=INVOICE_DAYS,
    )
