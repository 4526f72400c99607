"""Settings of users whom a switch back moves: what they had before the switch that it takes back.

Only who is as that switch left them gets back what they had (rules#switch-back). Who joined since, or was
changed by hand, moves as in any other switch: what is off stays off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from domain.catalog.disabled_services import DisabledMapping, assignable
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser

#: What is off stays off, of everybody who gets nothing back.
KEEP = "keep"
#: What became of a user since the switch that is taken back.
RESTORED = "RESTORED"
JOINED = "JOINED_SINCE"
CHANGED = "CHANGED_SINCE"
LEFT = "LEFT_SINCE"
#: What is told of users who stay, where a switch back moves only those whom it restores.
JOINED_STAYS = "JOINED_STAYS"
CHANGED_STAYS = "CHANGED_STAYS"
GROUP_STAYS = "GROUP_STAYS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """One user of the plan to leave, compared with the record of the switch that is taken back."""

    #: RESTORED, JOINED or CHANGED.
    since: str
    #: Ids of services that were off before it, for who is RESTORED.
    old_disabled: tuple[str, ...] = ()


class Originals(Protocol):
    """The record of the switch that is taken back."""

    @property
    def switch_id(self) -> str:
        """Return its id."""

    @property
    def removed_addons(self) -> tuple[str, ...]:
        """Return the add-ons that it removed since its plan includes them: `NUMBER of NAME` each."""

    def of(self, users: Sequence[DirectoryUser]) -> Mapping[str, Original]:
        """Return directory id -> what the record knows of each user of a page."""

    def group_disabled(self, group_id: str, now_disabled: Sequence[str]) -> tuple[str, ...] | None:
        """Return what a group had off before; None where the record does not know it as it is now."""

    def left(self, limit: int) -> tuple[int, tuple[str, ...]]:
        """Return how many users it moved whom no page has shown, and directory ids of the first of them."""


class RestoringMapper(SettingsMapper):
    """Gives users back what they had, and carries over what is off for everybody else.

    Args:
        plans: Plans as the organization has them.
        source: Id of the plan to leave.
        target: Id of the plan to go back to.
        originals: The record of the switch that is taken back.
    """

    def __init__(self, plans: OrganizationPlans, *, source: str, target: str, originals: Originals) -> None:
        super().__init__(plans, source=source, target=target, service_settings=KEEP)
        self.originals = originals
        self._known: dict[str, Original] = {}
        self._restored = lru_cache(maxsize=4096)(self._of_restored)

    def read(self, users: Sequence[DirectoryUser]) -> None:
        """Read what the record knows of the users of a page; those of the page before are forgotten."""
        if any(user.directory_id not in self._known for user in users):
            self._known = dict(self.originals.of(users))

    def since(self, user: DirectoryUser) -> str:
        """Return RESTORED, JOINED or CHANGED."""
        return self._original(user).since

    def of_user(self, user: DirectoryUser) -> DisabledMapping:
        """Return what the user had before, as far as the directory gives it so."""
        original = self._original(user)
        if original.since != RESTORED:
            return super().of_user(user)
        services = self.services_of(user)
        return self._restored(original.old_disabled, services.disabled, services.beside)

    def unlisted(self, user: DirectoryUser) -> tuple[str, ...]:
        """Return the services that were off before and that the organization's plan lacks now."""
        original = self._original(user)
        if original.since != RESTORED:
            return super().unlisted(user)
        listed = self.target.service_plan_ids
        return tuple(each for each in original.old_disabled if listed and each not in listed)

    def of_group(
        self, group_id: str, now_disabled: tuple[str, ...], beside: tuple[str, ...]
    ) -> DisabledMapping:
        """Return what a licensing group switches off again, or carries over where it was changed since."""
        before = self.originals.group_disabled(group_id, now_disabled)
        if before is None:
            return self.of(now_disabled, beside)
        return self._restored(before, now_disabled, beside)

    def frozen(
        self, old_disabled: tuple[str, ...], new_disabled: tuple[str, ...], *, has_new: bool = False
    ) -> DisabledMapping:
        """Return settings that were decided before; what is off now and comes back on is granted too."""
        settings = super().frozen(old_disabled, new_disabled, has_new=has_new)
        if has_new:
            # Nobody who holds the plan to go back to is restored.
            return settings
        again = _granted(self.of(old_disabled), new_disabled)
        return replace(settings, newly_granted=tuple(sorted({*settings.newly_granted, *again})))

    def _original(self, user: DirectoryUser) -> Original:
        if user.directory_id not in self._known:
            self._known |= self.originals.of([user])
        return self._known[user.directory_id]

    def _of_restored(
        self, before: tuple[str, ...], now: tuple[str, ...], beside: tuple[str, ...]
    ) -> DisabledMapping:
        off, dependents = assignable(self.target, before, beside=beside)
        mapped = self.of(now, beside)
        return replace(
            mapped,
            new_disabled=off,
            newly_granted=_granted(mapped, off),
            dependents=tuple(sorted(each.service_plan_id for each in dependents)),
        )


def _granted(carried: DisabledMapping, off: Collection[str]) -> tuple[str, ...]:
    """Return the services that a user does not have now and gets: new ones, and those that come back on.

    Args:
        carried: What would become of the services if what is off stayed off.
        off: What is off in the end.
    """
    # What would only go off with another service is on now.
    again = set(carried.new_disabled) - set(carried.dependents)
    return tuple(sorted({*carried.newly_granted, *again} - set(off)))
