"""Groups of the directory that give their members licenses, as a Protocol of the outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.ports.user_port import UserPage


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupPlan:
    """A plan that a licensing group gives every member."""

    plan_id: str
    #: Switched off for all of them: a group has one set.
    disabled_service_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LicensingGroup:
    """A group of the directory and what it gives."""

    group_id: str
    plans: tuple[GroupPlan, ...]

    def plan(self, plan_id: str) -> GroupPlan | None:
        """Return the plan of this id that it gives, if any."""
        return next((each for each in self.plans if each.plan_id == plan_id), None)


class LicensingGroups(Protocol):
    """Licenses by group: not atomic, the members follow in the background (vendor#groups)."""

    def feeding(self, organization_id: str, plan_id: str) -> tuple[LicensingGroup, ...]:
        """Return the groups that give a plan, in the order of their ids."""

    def change(
        self,
        organization_id: str,
        group_id: str,
        *,
        add: GroupPlan | None = None,
        remove_plan_id: str | None = None,
    ) -> None:
        """Change what a group gives, in one call; what its members hold tells when it is done.

        Idempotent by state: a plan that is there already gets these services, one that is gone counts as
        done.

        Raises:
            InvalidInput: Nothing to add and nothing to remove.
            UnknownGroup: The directory has no such group.
            ProviderRefused: The directory says no.
        """

    def members_page(self, organization_id: str, group_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users in a group, those of groups in it among them, in a stable order.

        Raises:
            UnknownGroup: The directory has no such group.
        """

    def reprocess(self, organization_id: str, directory_id: str) -> None:
        """Let all groups of a user try again; a user who is gone counts as done."""
