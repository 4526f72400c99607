"""Looking at users before the order: what would be refused (rules#operator-controls), the pilot, the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from temporalio import activity
from temporalio.exceptions import CancelledError

from activities.assessment.movers import Users, movers
from activities.assessment.preparation import Prepared
from activities.base.step import Step, request_of
from activities.contract import DAY_SECONDS
from activities.directory.original_settings import restoring_mapper
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import user_pages, users_on
from domain.catalog.addons import addon_fates
from domain.catalog.catalog import Catalog
from domain.catalog.disabled_services import DisabledMapping, UserServices, count_mappings
from domain.catalog.rule_sets import rule_set
from domain.kernel.awaited import RETRIED_EVERY, Awaited, Party
from domain.kernel.errors import NotReadyYet, RuleViolated, UnknownGroup
from domain.kernel.facts import as_plain
from domain.licenses.pilot import PilotCount, PlannedPilot, unknown_group
from domain.licenses.preflight import (
    NAMED_MAX,
    Preflight,
    PreflightCheck,
    recorded_message,
    undecided_findings,
)
from domain.licenses.promised_time import (
    INVOICE_DAYS,
    administration_lock_seconds,
    license_move_seconds,
    switch_seconds,
)
from domain.licenses.restored_settings import RestoringMapper
from domain.licenses.service_settings import SettingsMapper
from domain.operator.amendment import licenses_ordered
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser
from domain.reasons.findings import USERS_NOT_RESTORED
from domain.requests.switch_plan import PlanFacts, Promises, SwitchPlan, switch_plan
from domain.requests.terms import SwitchTerms
from domain.subscriptions.subscription import Subscription
from domain.switch.preflight_events import PreflightChecked
from store.switch_store import SwitchStore

#: Users who are read while somebody waits for the answer; the others are read before the order.
USERS_MAX = 10_000
#: Names the commit in which the look at all users of many is stored.
ALL_USERS = "preflight"
#: Names the commit in which the users of a switch back are compared once more.
USERS_AGAIN = "preflight-again"
#: Pages of users that one look reads at most.
PAGES_MAX = 1_000
#: What an operator may decide about users whom a switch back does not restore.
_CHOICES = f"`--leave-others` or `--acknowledge {USERS_NOT_RESTORED}`"
#: What of a finding is made when it is read.
_WORDS = ("message", "remedy")


def _staying(users: Users, moving: Users) -> Users:
    """Return who of a page stays."""
    ids = {user.directory_id for user in moving}
    return [user for user in users if user.directory_id not in ids]


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
        store: The event store: the selected users and what a switch back restores are there; None reads none.
        look: Is shown each page, so that what else is asked of the users needs no second reading, and how
            their settings are carried over.
    """
    organization_id, plan_id = prepared.question.terms.organization_id, prepared.source.plan_id
    check = _check(catalog, settings_of(catalog, prepared, store), prepared.question.terms)
    moving = movers(store, prepared.question.terms)
    pages = user_pages(lambda cursor: cloud.directory.users_page(organization_id, plan_id, cursor))
    is_whole = True
    for page in islice(pages, PAGES_MAX):
        users = moving(page)
        check.add(users, staying=_staying(page, users))
        look(users, check.mapper)
        if check.checked >= USERS_MAX:
            is_whole = False
            break
    return check.result(users=prepared.users, quantity=prepared.licenses, is_whole=is_whole)


def check_all_users(step: Step, source: Subscription) -> Subscription:
    """Read every user where the request read the first ones only, and record what they are to expect.

    No failure is refused for it: among the first ones is somebody who can be moved, and the others may be
    mended until the move. A switch back that would move users about whom nobody has decided orders nothing.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; it is returned as it stands afterwards.

    Raises:
        CancelledError: The step was cancelled before the order.
        RuleViolated: A switch back would move users whom it does not restore (rules#switch-back).
    """
    if _is_partly_checked(step, source):
        result = _look_at_all(step, source, quantity=request_of(step, source).quantity)

        def change(newest: Subscription) -> None:
            if _is_partly_checked(step, newest):
                record_preflight(step, newest, result)

        step.change_source(change, what=ALL_USERS)
        source = step.source()
    if has_undecided_users(step, source):
        raise RuleViolated(
            _undecided_text(step, source),
            remedy=f"Give them another plan first, or take the switch back anew with {_CHOICES}.",
        )
    return source


def check_users_again(step: Step) -> None:
    """Compare the users of a switch back once more before they are frozen, and record what has changed.

    Between the request and the first move lie the order, the credit check and the seller's time to set up:
    who joins or is changed meanwhile is nobody about whom the request has decided.

    Args:
        step: The attempt that is about to freeze the roster; once that is frozen, nobody is compared.

    Where some users stay, those of the selection who can't be restored any more stay too, and are listed.

    Raises:
        CancelledError: The step was cancelled.
        NotReadyYet: Nobody has decided about users whom the switch back would move (rules#switch-back).
        RuleViolated: None of the selected users can be restored any more.
    """
    if step.order.switch_back_of is None or step.store.roster_summary(step.order.switch_id) is not None:
        return
    source = step.source()
    quantity = licenses_ordered(step.state_of(source)) or request_of(step, source).quantity
    result = _look_at_all(step, source, quantity=quantity)
    findings = _keyed_findings(step, result)

    def change(newest: Subscription) -> None:
        recorded = step.state_of(newest).of(PreflightChecked)
        if recorded is None or _without_words(recorded.findings) != findings:
            record_preflight(step, newest, result)

    step.change_source(change, what=USERS_AGAIN)
    source = step.source()
    if has_undecided_users(step, source):
        raise _undecided_wait(step, source)
    if step.order.selection and not result.users_checked:
        raise RuleViolated(
            "None of the selected users can be restored any more: they left, or were changed by hand.",
            remedy="Cancel the switch with `planswitch switch cancel SWITCH --reason …`.",
        )


def has_undecided_users(step: Step, source: Subscription) -> bool:
    """Return whether the newest look at a switch back names users about whom nobody has decided."""
    return bool(_undecided(step, source))


def _undecided(step: Step, source: Subscription) -> tuple[Mapping[str, Any], ...]:
    recorded = step.state_of(source).of(PreflightChecked)
    if step.order.switch_back_of is None or recorded is None:
        return ()
    return undecided_findings(recorded.findings, step.order.acknowledgments)


def _undecided_text(step: Step, source: Subscription) -> str:
    causes = "; ".join(
        f"{each['users']} users: {recorded_message(each)}" for each in _undecided(step, source)
    )
    return f"The switch back would move users to whom it can give nothing back: {causes}."


def _undecided_wait(step: Step, source: Subscription) -> NotReadyYet:
    """Return the wait for somebody who decides; nobody has moved, so the switch can still be cancelled."""
    until = step.begun_at + timedelta(seconds=DAY_SECONDS)
    end = "step reassign has to be started again" if step.order.is_by_hand else "the switch takes itself back"
    remedy = (
        "Give them another plan: the switch looks again by itself. Or cancel it with `planswitch switch "
        f"cancel SWITCH --reason …` and take the switch back anew with {_CHOICES}. "
        f"At {until:%Y-%m-%d %H:%M} UTC {end}."
    )
    keys = [key for each in _undecided(step, source) for key in each["user_keys"]]
    return NotReadyYet(
        _undecided_text(step, source),
        retry_after_seconds=RETRIED_EVERY.total_seconds(),
        remedy=remedy,
        awaited=Awaited(
            party=Party.OPERATOR,
            action="decide about users whom the switch back does not restore",
            names=tuple(keys[:NAMED_MAX]),
            remedy=remedy,
            until=until,
        ),
    )


def _look_at_all(step: Step, source: Subscription, *, quantity: int) -> Preflight:
    """Read every user of the old plan, and return what they are to expect.

    Raises:
        CancelledError: The step was cancelled meanwhile.
    """
    check = _check(step.catalog, settings_mapper(step, source), step.order)
    moving = movers(step.store, step.order, check.mapper)
    for page in users_on(step, source.plan_id):
        if activity.is_cancelled():
            raise CancelledError("The look at the users was stopped.")
        users = moving(page)
        check.add(users, staying=_staying(page, users))
    if step.order.licenses_only:
        # The rules count who needs a license, and tell where too few are free (rules#too_few_licenses).
        quantity = max(quantity, check.checked)
    return check.result(users=check.checked, quantity=quantity)


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


def _check(catalog: Catalog, mapper: SettingsMapper, terms: SwitchTerms) -> PreflightCheck:
    source, target = mapper.source.plan_id, mapper.target.plan_id
    return PreflightCheck(
        source=catalog.plan(source),
        target=catalog.plan(target),
        mapper=mapper,
        is_location_asked=terms.set_usage_location is not None,
        licenses_only=terms.licenses_only,
    )


def _is_partly_checked(step: Step, source: Subscription) -> bool:
    recorded = step.state_of(source).of(PreflightChecked)
    return recorded is not None and USERS_MAX <= recorded.users_checked < recorded.users


def record_preflight(step: Step, source: Subscription, result: Preflight) -> None:
    """Append what the users are to expect, by their opaque keys."""
    step.advance(
        source,
        PreflightChecked,
        users=result.users,
        users_checked=result.users_checked,
        failing=result.failing,
        findings=_keyed_findings(step, result),
    )


def _without_words(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the record has, as it is recorded now: a record of before has words too."""
    return [{name: each[name] for name in each if name not in _WORDS} for each in findings]


def _keyed_findings(step: Step, result: Preflight) -> list[dict[str, Any]]:
    """Return what was found as the record has it."""
    findings: list[dict[str, Any]] = []
    for each in result.findings:
        keys = step.store.vault.keys_for(step.order.organization_id, each.named)
        facts: dict[str, Any] = as_plain(each)
        for name in ("named", *_WORDS):
            del facts[name]
        findings.append({**facts, "user_keys": [str(key) for key in keys]})
    return findings


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
