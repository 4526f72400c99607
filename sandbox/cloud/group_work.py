"""Group-based licensing carries itself out in the background, member by member, as the directory does.

A change of a group is answered at once and becomes work: `user_ids` with `done` of them done, `added` and
`removed` plans, spread evenly over `seconds`. Whoever talks to the sandbox next finds done what is due.
A member for whom it does not work keeps what they have, and shows the vendor's word in their license states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.cloud.state import Sandbox, next_id
from sandbox.kernel.clock import parse_instant
from sandbox.kernel.model import Group, Json, Organization, User
from sandbox.kernel.needs import unmet
from sandbox.kernel.plans import PlanBook
from sandbox.kernel.skus import services_of

#: Members in one record at most.
RECORD_USERS_MAX = 500
#: Words of `licenseAssignmentStates.error` (vendor#license-changes).
ERROR_WORDS = frozenset(
    {
        "CountViolation",
        "MutuallyExclusiveViolation",
        "DependencyViolation",
        "ProhibitedInUsageLocationViolation",
        "UniquenessViolation",
        "Other",
    }
)


def work_record(
    sandbox: Sandbox,
    organization: Organization,
    user_ids: Iterable[str],
    *,
    added: Iterable[str],
    removed: Iterable[str],
    actor: str,
) -> tuple[Json, int]:
    """Return the work of a change, and the counter value for its record.

    Args:
        sandbox: Its clock and settings.
        organization: Owner of the group.
        user_ids: Members to be worked on, in order.
        added: Plans that they are to get if the group still gives them by then.
        removed: Plans that they are to lose if the group still does not give them by then.
        actor: app or hand: whose doing it is.
    """
    work_id, number = next_id(organization, "group-work")
    work = {
        "work_id": work_id,
        "at": sandbox.next_instant(),
        "seconds": sandbox.settings.group_delay_seconds,
        "actor": actor,
        "user_ids": list(user_ids),
        "added": list(added),
        "removed": list(removed),
        "done": 0,
    }
    return work, number


def settle_groups(sandbox: Sandbox, organization: Organization) -> None:
    """Carry out what is due of every group's work; each member's change is one instant."""
    while organization.group_work:
        now = sandbox.now()
        due_work = next(
            ((work, due) for work in _first_works(organization) if (due := _due(work, now)) > work["done"]),
            None,
        )
        if due_work is None:
            return
        _work(sandbox, organization, *due_work, now=now)


def _first_works(organization: Organization) -> Iterable[Json]:
    """Return the oldest work of each group: changes of one group do not overtake each other."""
    oldest: dict[str, Json] = {}
    for work in organization.group_work:
        oldest.setdefault(work["group_id"], work)
    return oldest.values()


def _due(work: Json, now: datetime) -> int:
    count: int = len(work["user_ids"])
    if work["seconds"] <= 0 or not count:
        return max(count, 1)
    elapsed = (now - parse_instant(work["at"])).total_seconds()
    return min(count, int(elapsed / work["seconds"] * count))


def _work(sandbox: Sandbox, organization: Organization, work: Json, due: int, *, now: datetime) -> None:
    group = organization.groups[work["group_id"]]
    until = min(due, work["done"] + RECORD_USERS_MAX)
    engine = _Engine(
        organization=organization,
        group=group,
        plans=sandbox.plans,
        now=now,
        is_exclusive=sandbox.settings.is_exclusive,
    )
    changes = []
    for user_id in work["user_ids"][work["done"] : until]:
        user = organization.users.get(user_id)
        if user is not None:
            changes.append([user_id, *engine.decide(user, work["added"], work["removed"])])
    sandbox.commit(
        "group_work",
        organization_id=organization.organization_id,
        actor=work["actor"],
        group_id=group.group_id,
        work_id=work["work_id"],
        done=until,
        changes=changes,
    )


@dataclass(kw_only=True, slots=True)
class _Engine:
    """Decides for one member after the other what a change of a group comes to."""

    organization: Organization
    group: Group
    plans: PlanBook
    now: datetime
    is_exclusive: bool
    #: Plan id -> licenses taken by the members before, less those given back.
    seats_in_use: Counter[str] = field(default_factory=Counter)

    def decide(self, user: User, added: Iterable[str], removed: Iterable[str]) -> tuple[Json, Json]:
        """Return plan -> services off (None: no more), and plan -> error word."""
        gives = self.group.licenses if user.user_id in self.group.members else {}
        lost = [plan_id for plan_id in removed if plan_id not in gives]
        feeds: Json = dict.fromkeys(lost)
        errors: Json = {}
        held = {plan_id for plan_id in user.licenses if not self._is_gone(user, plan_id, lost)}
        for plan_id in added:
            if plan_id not in gives:
                continue
            word = self._error(user, plan_id, held)
            if word:
                errors[plan_id] = word
            else:
                feeds[plan_id] = list(gives[plan_id])
                held.add(plan_id)
        self.seats_in_use.update(held - user.licenses.keys())
        self.seats_in_use.subtract(user.licenses.keys() - held)
        return feeds, errors

    def _is_gone(self, user: User, plan_id: str, lost: list[str]) -> bool:
        held = user.licenses[plan_id]
        others = any(group_id != self.group.group_id for group_id, _off in held.feeds)
        return plan_id in lost and not held.is_direct and not others

    def _error(self, user: User, plan_id: str, held: set[str]) -> str:
        if user.group_error is not None:
            return user.group_error[0]
        if plan_id in held:
            return ""
        if self.is_exclusive and any(excludes(self.plans, plan_id, one) for one in held):
            return "MutuallyExclusiveViolation"
        if self._lacks_need(user, plan_id, held):
            return "DependencyViolation"
        free = self.organization.free_seats(plan_id, self.now) - self.seats_in_use[plan_id]
        return "" if free > 0 else "CountViolation"

    def _lacks_need(self, user: User, plan_id: str, held: set[str]) -> bool:
        """Return whether a service of the plan would be on without what it needs, in whatever license."""
        if plan_id not in self.plans:
            return False
        gives = self.group.licenses
        off = {one: user.licenses[one].disabled if one in user.licenses else gives[one] for one in held}
        services = services_of(self.organization, self.plans[plan_id])
        broken = unmet(self.organization, {**off, plan_id: gives[plan_id]}, self.plans)
        return any(service in services for service, _needed in broken)


def excludes(plans: PlanBook, plan_id: str, other_id: str) -> bool:
    """Return whether two plans hold SharePoint in different tiers, which nobody may have at once."""
    tiers = [plans[one].data_tiers.get("sharepoint") if one in plans else None for one in (plan_id, other_id)]
    return plan_id != other_id and None not in tiers and tiers[0] != tiers[1]
