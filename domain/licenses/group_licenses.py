"""When a licensing group may get the new plan and give up the old one (rules#licensing-groups).

A change of a group is not atomic: its members follow one by one. So the new plan is added, every member is
waited for, and only then the old plan goes: at every instant each of them holds one of the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.kernel.errors import LicensesUnresolved, PlanSwitchError
from domain.licenses.license_failures import ORDER_MORE, ORDER_MORE_AT_SELLER, license_failure
from domain.ports.directory_port import (
    DirectoryUser,
    GroupSign,
    LicenseError,
    LicenseFailureCode,
    LicensingGroup,
)

#: What comes next for a group.
WAIT = "wait"
REMOVE = "remove"
#: The plans exclude each other: both changes in one call, each member at one instant.
SWAP = "swap"
FAILED = "failed"
#: Of a group that the directory says nothing of.
THROUGH = GroupSign(is_processing=False)


class LicensingGroupRefused(PlanSwitchError):
    """A licensing group can't be moved; nothing was changed."""

    def __init__(self, code: str, message: str, *, remedy: str, group_id: str) -> None:
        super().__init__(message, remedy=remedy, group_id=group_id)
        self.code = code


class LicensingGroupBlocked(LicensesUnresolved):
    """A licensing group can't go on; every member still holds what they had."""

    def __init__(self, reason: str, message: str, *, remedy: str, unresolved: int) -> None:
        super().__init__(message, remedy=remedy, reason=reason)
        self.reason = reason
        self.unresolved = unresolved


@dataclass(kw_only=True, slots=True)
class MemberTally:
    """How far the members of one group are, from one read of those who hold the plan that goes."""

    group_id: str
    #: Plan that goes, and plan that comes.
    from_plan: str
    to_plan: str
    members: int = 0
    ready: int = 0
    pending: int = 0
    #: Of those who are pending, members whom the group gives the plan that comes, switched off.
    inactive: int = 0
    #: Members who hold the plan that goes by themselves as well.
    direct: int = 0
    #: Members who will take a license of the plan that comes.
    needing: int = 0
    #: The directory says itself that it has not worked through the group.
    is_processing: bool = False
    errors: Counter[LicenseFailureCode] = field(default_factory=Counter)

    def take(self, user: DirectoryUser, sign: GroupSign = THROUGH) -> LicenseError | None:
        """Count a user, and return the failure where the group could not give the new plan.

        Users whom the group does not give the plan that goes are none of its members here.

        Args:
            user: As the directory shows the user.
            sign: What it says of the group. Once it is through, a member whom it names as failed is no longer
                waited for, whatever is shown of the member.
        """
        if not user.is_fed(self.from_plan, self.group_id):
            return None
        self.members += 1
        self.direct += user.has_direct(self.from_plan)
        self.needing += user.license_of(self.to_plan) is None
        # A license that is switched off is not there yet: without the old plan the member could not work.
        if is_served(user, self.to_plan, self.group_id):
            self.ready += 1
            return None
        errors = (
            each
            for each in user.license_errors
            if (each.plan_id, each.group_id) == (self.to_plan, self.group_id)
        )
        failure = next(errors, None)
        if failure is None and not sign.is_processing and user.directory_id in sign.failed_ids:
            failure = LicenseError(
                plan_id=self.to_plan, group_id=self.group_id, error=LicenseFailureCode.OTHER, code=""
            )
        if failure is None:
            self.pending += 1
            self.inactive += user.is_fed(self.to_plan, self.group_id)
        else:
            self.errors[failure.error] += 1
        return failure

    def next_step(self) -> str:
        """Return WAIT, REMOVE, SWAP or FAILED."""
        if self.pending or self.is_processing:
            return WAIT
        if not self.errors:
            return REMOVE
        return (
            SWAP if set(self.errors) == {LicenseFailureCode.SERVICES_EXCLUDE} and not self.ready else FAILED
        )


def is_served(user: DirectoryUser, plan_id: str, group_id: str) -> bool:
    """Return whether this group gives a user a plan, and the user can work with it."""
    return any(
        held.is_active and (held.plan_id, held.assigned_by_group) == (plan_id, group_id)
        for held in user.licenses
    )


def require_free_licenses(tally: MemberTally, free: int, *, is_amendable: bool = True) -> None:
    """Refuse a group for which the licenses are short, before anything is changed.

    Args:
        tally: Its members.
        free: Licenses of the plan that comes which nobody holds.
        is_amendable: The switch can still order more of them.

    Raises:
        LicensingGroupBlocked: They do not cover all members at once.
    """
    short = tally.needing - max(0, free)
    if short <= 0:
        return
    raise LicensingGroupBlocked(
        "GROUP_LICENSES_SHORT",
        f"Group {tally.group_id} has {tally.needing} members to move and {max(0, free)} licenses are free.",
        remedy=f"Free {short} of the plan in the directory's own pages, or "
        f"{ORDER_MORE if is_amendable else ORDER_MORE_AT_SELLER}; then retry: a group moves all its "
        "members at once.",
        unresolved=tally.needing,
    )


def require_swappable(tally: MemberTally, free: int, *, is_amendable: bool = True) -> None:
    """Refuse to swap plans that exclude each other where a member could be left with neither.

    Args:
        tally: Its members.
        free: Licenses of the plan that comes which nobody holds.
        is_amendable: The switch can still order more of them.

    Raises:
        LicensingGroupBlocked: A member has a direct license in the way, or the licenses are short.
    """
    if tally.direct:
        raise LicensingGroupBlocked(
            "GROUP_PLANS_EXCLUDE",
            f"The two plans exclude each other, and {tally.direct} members of group {tally.group_id} hold "
            "the old one by themselves too.",
            remedy="Take the direct licenses away (the group's one stays), then retry.",
            unresolved=tally.members,
        )
    require_free_licenses(tally, free, is_amendable=is_amendable)


def waited_for(tally: MemberTally) -> tuple[str, str]:
    """Return what a group that is waited for still lacks, and what to do about it."""
    if not tally.inactive:
        message = "The directory has not reached every member of a group yet."
        if not tally.pending:
            message = f"The directory says that it is still working on group {tally.group_id}."
        return message, "The step looks again by itself."
    message = (
        f"The directory shows the new plan of {tally.inactive} of {tally.members} members of group "
        f"{tally.group_id} as disabled: they could not work with it, and keep the old one."
    )
    return message, (
        "See at the directory why, such as a suspended subscription of the new plan; the step looks again "
        "by itself."
    )


def failed_members(tally: MemberTally) -> LicensingGroupBlocked:
    """Return why a group can't give up its old plan: members who could not get the new one."""
    codes = ", ".join(f"{code} {count}" for code, count in sorted(tally.errors.items()))
    remedies = dict.fromkeys(license_failure(code).remedy for code in sorted(tally.errors))
    count = sum(tally.errors.values())
    return LicensingGroupBlocked(
        "GROUP_MEMBERS_FAILED",
        f"{count} of {tally.members} members of group {tally.group_id} can't get the new plan: {codes}.",
        remedy=" ".join(remedies),
        unresolved=count,
    )


def require_movable(groups: Sequence[LicensingGroup], from_plan: str, *, begun: Sequence[str] = ()) -> None:
    """Refuse groups that give other plans as well: what they depend on is not ours to judge.

    Args:
        groups: Groups that give the old plan.
        from_plan: The old plan.
        begun: Groups that this switch has begun to move.

    Raises:
        LicensingGroupRefused: GROUP_FEEDS_OTHER_PLANS, of the first such group.
    """
    for group in groups:
        others = [plan.plan_id for plan in group.plans if plan.plan_id != from_plan]
        if others and group.group_id not in begun:
            raise LicensingGroupRefused(
                "GROUP_FEEDS_OTHER_PLANS",
                f"Group {group.group_id} gives the old plan and {len(others)} other(s): {', '.join(others)}.",
                remedy="Give its members the old plan by a group of its own, or directly, then try again.",
                group_id=group.group_id,
            )


def require_direct_licenses(users: Sequence[DirectoryUser], plan_id: str) -> None:
    """Refuse to move users who have a plan by a group alone: a group gives all its members the same.

    Args:
        users: Users who are to move while others stay.
        plan_id: The plan that they leave.

    Raises:
        LicensingGroupRefused: GROUP_SUBSET, of the first group by its id (rules#licensing-groups).
    """
    counts = Counter(
        held.assigned_by_group
        for user in users
        if not user.has_direct(plan_id)
        for held in user.licenses
        if held.plan_id == plan_id and held.assigned_by_group is not None
    )
    if counts:
        group_id = min(counts)
        count = counts[group_id]
        raise LicensingGroupRefused(
            "GROUP_SUBSET",
            f"{count} of the chosen users {'has' if count == 1 else 'have'} the old plan by group {group_id} "
            "alone; it gives all its members the same.",
            remedy="Take them out of the group and license them directly first, leave them out, or let "
            "everyone move.",
            group_id=group_id,
        )
