"""Read users back after a change of licenses: only a license that works counts (switch#licenses).

The directory may answer 200 and leave the new license in a state in which it gives nothing. The old one went
with the same call, so it is given back at once; the user is a failed one, and keeps the new license as it is,
so that a repetition finds out whether it works by now without taking anything away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from activities.base.step import Step
from activities.base.write_quotas import SLEEP_SECONDS_MAX
from domain.catalog.disabled_services import DisabledMapping
from domain.ports.directory_port import DirectoryUser, LicenseChange, LicenseChangeResult, LicenseFailureCode

#: Directory id of a person who was erased meanwhile: nobody knows it any more.
ERASED = ""
#: Times an old license is asked back for the users whom the directory puts off or refuses for the moment.
GIVE_BACK_ATTEMPTS_MAX = 6
_TEXTS = {
    LicenseFailureCode.LICENSE_INACTIVE: (
        "The directory shows the license in a state in which it does not work."
    ),
    LicenseFailureCode.NO_WORKING_LICENSE: (
        "The license does not work, and the one before could not be given back."
    ),
}

Send = Callable[[Sequence[LicenseChange]], Sequence[LicenseChangeResult]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """One user to be moved."""

    position: int
    user_key: UUID
    directory_id: str
    settings: DisabledMapping
    #: The plan to leave is theirs from another subscription too: only the other one is added.
    keeps_old: bool = False
    #: Services that are off under the plan to leave, for whoever must get it back.
    old_disabled: tuple[str, ...] = ()
    #: They hold the plan to get already: it is read before anything is changed whether it works.
    has_new: bool = False
    #: They held it when the roster was frozen: newly granted is what was off under it.
    is_beside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """Users by what reading them back shows."""

    moved: tuple[str, ...]
    #: They hold the new plan and can't work with it.
    inactive: tuple[str, ...]
    #: Of those, who can't work with the old plan either.
    unserved: tuple[str, ...]


class LicenseReadBack:
    """Reads back the users of one pass.

    Args:
        step: The attempt on whose behalf.
        from_plan: Plan to leave.
        to_plan: Plan to get.
        send: Sends one batch of changes; a stop of the pass does not keep it from that.
    """

    def __init__(self, step: Step, *, from_plan: str, to_plan: str, send: Send) -> None:
        self._step = step
        self._from_plan, self._to_plan = from_plan, to_plan
        self._send = send
        #: Directory id -> services that were off when a license held before was read first.
        self._held_off: dict[str, frozenset[str]] = {}

    def newly_granted(self, user: Assignment) -> tuple[str, ...]:
        """Return the services that a user gets and did not have, beside a license held before as it was read.

        A license that was changed before it could be read tells nothing any more.
        """
        off = self._held_off.get(user.directory_id)
        if not user.is_beside or off is None:
            return user.settings.newly_granted
        return tuple(each for each in user.settings.newly_granted if each in off)

    def settle(self, users: Sequence[Assignment], done: list[LicenseChangeResult]) -> list[Assignment]:
        """Return who is still to be moved, and add to `done` what is so already.

        Nothing is taken from a user whose new license is there and does not work.

        Args:
            users: Users who may have been moved, or who held the new plan before.
            done: Takes the results of those who need no change.
        """
        if not users:
            return []
        sorted_users = self._sort(users)
        done += [LicenseChangeResult(directory_id=key) for key in sorted_users.moved]
        done += self._failures(users, sorted_users)
        settled = {*sorted_users.moved, *sorted_users.inactive}
        return [user for user in users if user.directory_id not in settled]

    def checked(
        self, users: Sequence[Assignment], results: Sequence[LicenseChangeResult]
    ) -> list[LicenseChangeResult]:
        """Return `results` with a failure for each user who got a license that does not work.

        Args:
            users: Users of the batch.
            results: What the directory answered for them.
        """
        changed = {
            each.directory_id
            for each in results
            if each.is_done or each.error == LicenseFailureCode.LICENSE_INACTIVE
        }
        changed_users = [user for user in users if user.directory_id in changed]
        if not changed_users:
            return list(results)
        failures = {
            each.directory_id: each for each in self._failures(changed_users, self._sort(changed_users))
        }
        return [failures.get(each.directory_id, each) for each in results]

    def _sort(self, users: Sequence[Assignment]) -> Sorted:
        keeping = {user.directory_id for user in users if user.keeps_old}
        read = self._read(users)
        self._note_held(read, {user.directory_id for user in users if user.is_beside})
        return Sorted(
            moved=tuple(
                user.directory_id
                for user in read
                if user.can_use(self._to_plan)
                and (user.directory_id in keeping or not user.has_direct(self._from_plan))
            ),
            inactive=tuple(user.directory_id for user in read if self._is_inactive(user)),
            unserved=tuple(
                user.directory_id
                for user in read
                if self._is_inactive(user) and not user.can_use(self._from_plan)
            ),
        )

    def _note_held(self, read: Iterable[DirectoryUser], beside: set[str]) -> None:
        for user in read:
            held = user.license_of(self._to_plan)
            if user.directory_id in beside and held is not None and user.can_use(self._to_plan):
                off = frozenset(each.lower() for each in held.disabled_service_ids)
                self._held_off.setdefault(user.directory_id, off)

    def _is_inactive(self, user: DirectoryUser) -> bool:
        return user.license_of(self._to_plan) is not None and not user.can_use(self._to_plan)

    def _read(self, users: Sequence[Assignment]) -> list[DirectoryUser]:
        ids = sorted(user.directory_id for user in users)
        return sorted(
            self._step.cloud.directory.users(self._step.order.organization_id, ids),
            key=lambda user: user.directory_id,
        )

    def _failures(self, users: Sequence[Assignment], sorted_users: Sorted) -> list[LicenseChangeResult]:
        """Give the old license back to who can work with neither, and tell each user as failed."""
        unserved = [user for user in users if user.directory_id in sorted_users.unserved]
        left = self._give_back(unserved) if unserved else frozenset()
        inactive, lost = LicenseFailureCode.LICENSE_INACTIVE, LicenseFailureCode.NO_WORKING_LICENSE
        return [_failed(key, lost if key in left else inactive) for key in sorted_users.inactive]

    def _give_back(self, users: Sequence[Assignment]) -> frozenset[str]:
        """Give users the old license beside the new one, and return who can't work all the same.

        Where the two plans exclude each other the new one goes with the same call: it gives nothing.
        """
        swapped: set[str] = set()
        waiting = list(users)
        for _ in range(GIVE_BACK_ATTEMPTS_MAX):
            results = self._send([self._old_license(user, swapped) for user in waiting])
            again = _retryable(results, swapped)
            swapped |= {each.directory_id for each in results if _is_exclusion(each)}
            waiting = [user for user in waiting if user.directory_id in again]
            if not waiting:
                break
            time.sleep(min(max(0.2, *again.values()), SLEEP_SECONDS_MAX))
        served = {user.directory_id for user in self._read(users) if user.can_use(self._from_plan)}
        return frozenset(user.directory_id for user in users) - served

    def _old_license(self, user: Assignment, swapped: Iterable[str]) -> LicenseChange:
        return LicenseChange(
            directory_id=user.directory_id,
            add_plan_id=self._from_plan,
            disabled_service_ids=user.old_disabled,
            remove_plan_id=self._to_plan if user.directory_id in swapped else None,
        )


def _retryable(results: Sequence[LicenseChangeResult], swapped: set[str]) -> dict[str, float]:
    """Return who is asked for again, with the seconds that the directory asks to wait."""
    return {
        each.directory_id: each.retry_after_seconds
        for each in results
        if each.is_retryable or (_is_exclusion(each) and each.directory_id not in swapped)
    }


def _is_exclusion(result: LicenseChangeResult) -> bool:
    return result.error is LicenseFailureCode.SERVICES_EXCLUDE


def _failed(directory_id: str, error: LicenseFailureCode) -> LicenseChangeResult:
    return LicenseChangeResult(directory_id=directory_id, error=error, text=_TEXTS[error])
