"""Move licensing groups: add the new plan, wait for every member, only then remove the old.

Whatever dies in between, the next attempt sees at the directory how far the group is and goes on from there
(rules#licensing-groups).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from temporalio import activity
from temporalio.exceptions import CancelledError

from activities.base.step import Step
from activities.base.turns import StageFence
from activities.directory.service_settings import plans_of, services_lacking_needs
from activities.directory.user_pages import users_on
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet, ProviderThrottled, UnknownGroup
from domain.licenses.group_licenses import (
    FAILED,
    REMOVE,
    SWAP,
    THROUGH,
    WAIT,
    LicensingGroupBlocked,
    MemberTally,
    failed_members,
    require_free_licenses,
    require_swappable,
    waited_for,
)
from domain.licenses.license_failures import explained_failure
from domain.operator.amendment import no_amendment
from domain.ports.directory_port import DirectoryUser, GroupPlan, GroupSign, LicenseFailureCode

#: First and longest pause between two looks at the members.
LOOK_SECONDS_FIRST, LOOK_SECONDS_MAX = 0.2, 10.0
LOOK_SECONDS_GROWTH = 1.5
#: An attempt looks for so long; then Temporal waits, and the next attempt looks on.
ATTEMPT_SECONDS_MAX = 60.0
#: A group that the directory still works on is looked at again after this time.
AGAIN_SECONDS = 15.0
#: Looks after the directory was asked to try the members again whom it had failed.
REPROCESS_LOOKS = 4
#: Members whom an attempt asks the directory to try again, and tells one by one.
FAILED_TOLD_MAX = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A member of a group, and why the group could not give the plan; None: it did."""

    user: DirectoryUser
    error: LicenseFailureCode | None = None
    #: The directory's own word for it, or "".
    code: str = ""
    #: Ids of services that need another one, none of which the member has on.
    dependents: tuple[str, ...] = ()


class FailedMembers(LicensingGroupBlocked):
    """Some members can't get the plan; all the others have it, and nobody lost anything."""

    def __init__(self, cause: LicensingGroupBlocked, members: list[Member]) -> None:
        super().__init__(
            cause.reason, cause.message, remedy=cause.remedy, unresolved=max(cause.unresolved, 1)
        )
        self.members = members


class GroupReplacement:
    """Replaces one plan of one licensing group by another, on behalf of one step.

    Args:
        step: The attempt on whose behalf.
        group_id: The group.
        add: Plan that comes, with what is off for all members.
        remove: Id of the plan that goes.
        stages: Stages of the switch in which this may be done.
    """

    def __init__(
        self, step: Step, group_id: str, *, add: GroupPlan, remove: str, stages: frozenset[str]
    ) -> None:
        self._step = step
        self._group_id = group_id
        self._add = add
        self._remove = remove
        self._fence = StageFence(step, stages)
        self._quota = step.toolbox.write_quotas.of(step.order.organization_id)
        self._failed: list[Member] = []
        self._waited = Waiting()

    def carry_out(self) -> None:
        """Do what is left to do, and return when nobody has the plan that goes from this group.

        Raises:
            LicensingGroupBlocked: The licenses are short, the plans exclude each other, or (FailedMembers)
                members can't get the plan that comes; nobody lost anything.
            NotReadyYet: The directory is still at it.
            RuleViolated: The switch has left the stages in which this may be done.
        """
        if self._plan_now(self._remove) is not None:
            self._bring_in()
        self._until(lambda tally: not tally.members)

    def look(self) -> MemberTally:
        """Read how far the members are."""
        sign = self._sign()
        tally = MemberTally(
            group_id=self._group_id,
            from_plan=self._remove,
            to_plan=self._add.plan_id,
            is_processing=sign.is_processing,
        )
        failed: list[Member] = []
        for user in self._members():
            failure = tally.take(user, sign)
            if failure is not None and len(failed) < FAILED_TOLD_MAX:
                failed.append(Member(user=user, error=failure.error, code=failure.code))
        self._failed = failed
        return tally

    def _bring_in(self) -> None:
        """Add what comes, wait, and remove what goes once everybody has the other."""
        if self._plan_now(self._add.plan_id) != self._add:
            require_free_licenses(self.look(), self._free(), is_amendable=self._is_amendable())
            self._change(add=self._add)
        tally = self._until(lambda now: now.next_step() != WAIT)
        if tally.next_step() == FAILED:
            tally = self._reprocess(tally)
        if tally.next_step() == SWAP:
            require_swappable(tally, self._free(), is_amendable=self._is_amendable())
            self._change(add=self._add, remove_plan_id=self._remove)
        elif tally.next_step() == REMOVE:
            self._change(remove_plan_id=self._remove)
        else:
            raise FailedMembers(failed_members(tally), self._failed)

    def _is_amendable(self) -> bool:
        """Return whether the switch can still order more licenses of the new plan."""
        return not no_amendment(self._step.state_of(self._step.seen_source()))

    def _reprocess(self, tally: MemberTally) -> MemberTally:
        """Let the directory try again whom it failed: what was in the way may be gone (vendor#groups)."""
        reprocess = self._step.cloud.groups.reprocess
        for member in self._failed:
            self._write(partial(reprocess, self._step.order.organization_id, member.user.directory_id))
        for number in range(REPROCESS_LOOKS):
            _pause(LOOK_SECONDS_FIRST * 2**number)
            tally = self.look()
            if tally.next_step() != FAILED:
                break
        # The directory took somebody up again: that it is still at it is no failure.
        return tally if tally.next_step() != WAIT else self._until(lambda now: now.next_step() != WAIT)

    def _until(self, is_so: Callable[[MemberTally], bool]) -> MemberTally:
        while True:
            tally = self.look()
            if is_so(tally):
                return tally
            self._waited.pause(tally)

    def _sign(self) -> GroupSign:
        """Return what the directory says of the group, asked before its members are read."""
        try:
            return self._step.cloud.groups.sign(self._step.order.organization_id, self._group_id)
        except UnknownGroup:
            # It is gone: what its members hold now counts.
            return THROUGH

    def _members(self) -> Iterator[DirectoryUser]:
        for page in users_on(self._step, self._remove):
            yield from page

    def _plan_now(self, plan_id: str) -> GroupPlan | None:
        groups = self._step.cloud.groups.feeding(self._step.order.organization_id, plan_id)
        group = next((each for each in groups if each.group_id == self._group_id), None)
        return group.plan(plan_id) if group else None

    def _free(self) -> int:
        pools = self._step.cloud.directory.subscribed_plans(self._step.order.organization_id)
        return sum(pool.purchased - pool.assigned for pool in pools if pool.plan_id == self._add.plan_id)

    def _change(self, *, add: GroupPlan | None = None, remove_plan_id: str | None = None) -> None:
        change = self._step.cloud.groups.change
        self._write(
            partial(
                change,
                self._step.order.organization_id,
                self._group_id,
                add=add,
                remove_plan_id=remove_plan_id,
            )
        )

    def _write(self, send: Callable[[], None]) -> None:
        """Send one write once the directory's quota has room for it: the batches of users use the same."""
        with self._quota.sending(1, _pause) as sent:
            self._fence.check()
            try:
                send()
            except ProviderThrottled as error:
                sent.heed_refusal(error, 1)
                raise


class Waiting:
    """Pauses that grow, and end with the attempt."""

    def __init__(self) -> None:
        self._seconds = LOOK_SECONDS_FIRST
        self._until = time.monotonic() + ATTEMPT_SECONDS_MAX

    def pause(self, tally: MemberTally) -> None:
        """Pause once.

        Args:
            tally: What the members are waited for with.

        Raises:
            NotReadyYet: The attempt has waited for long; the next one goes on.
            CancelledError: The step was cancelled.
        """
        if time.monotonic() > self._until:
            message, remedy = waited_for(tally)
            awaited = Awaited(
                party=Party.DIRECTORY, action=f"work through a group ({message})", remedy=remedy
            )
            raise NotReadyYet(message, retry_after_seconds=AGAIN_SECONDS, remedy=remedy, awaited=awaited)
        _pause(self._seconds)
        self._seconds = min(self._seconds * LOOK_SECONDS_GROWTH, LOOK_SECONDS_MAX)


def _pause(seconds: float) -> None:
    """Sleep, and end at once when the step is cancelled: a pause of the switch waits for nobody."""
    until = time.monotonic() + seconds
    while True:
        if activity.is_cancelled():
            raise CancelledError("The move of a licensing group was stopped.")
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, LOOK_SECONDS_FIRST))


def explained_members(step: Step, error: FailedMembers, plan: GroupPlan) -> FailedMembers:
    """Return the failure of a group with both services named where one lacks what it needs.

    See rules#licensing-groups.

    Args:
        step: The attempt that changed the group.
        error: Members whom the group failed, and why.
        plan: What the group gives.
    """
    if not any(each.error is LicenseFailureCode.NEEDED_SERVICE_OFF for each in error.members):
        return error
    plans = plans_of(step)

    def explained(member: Member) -> Member:
        if member.error is not LicenseFailureCode.NEEDED_SERVICE_OFF:
            return member
        return replace(member, dependents=services_lacking_needs(plans, plan, member.user))

    members = [explained(each) for each in error.members]
    remedies = dict.fromkeys(
        explained_failure(each.error or "", "", step.catalog, services=each.dependents).remedy
        for each in members
    )
    cause = LicensingGroupBlocked(
        error.reason, error.message, remedy=" ".join(remedies), unresolved=error.unresolved
    )
    return FailedMembers(cause, members)
