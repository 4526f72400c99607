"""What users had before the switch that is taken back, by its record (rules#switch-back)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import replacement_stream_id
from domain.licenses.restored_settings import CHANGED, JOINED, RESTORED, Original, RestoringMapper
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser
from domain.requests.switch_back import FirstSwitch
from domain.subscriptions.subscription import Subscription
from domain.switch.events import QuoteFixed
from domain.switch.group_events import LicensingGroupMoveStarted
from domain.switch.provisioning_events import TargetConfirmed
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RosterRow
from store.switch_store import SwitchStore

MOVED = "moved"


def first_switch(store: SwitchStore, organization_id: str, switch_id: str) -> FirstSwitch:
    """Return the switch that is to be taken back, as the record has it.

    Raises:
        UnknownSwitch: The record of the organization has none of that id.
    """
    organization = store.organization(organization_id)
    left = organization.source_streams.get(switch_id) if organization else None
    source = store.subscription(UUID(left)) if left else None
    if source is None or switch_id not in source.switches:
        raise UnknownSwitch(
            f"The record of organization {organization_id} has no switch {switch_id}.",
            remedy="`planswitch switch list` shows the switches.",
        )
    return FirstSwitch(
        switch_id=switch_id,
        organization_id=organization_id,
        source=source,
        target=_target(store, organization_id, source, switch_id),
    )


def _target(
    store: SwitchStore, organization_id: str, source: Subscription, switch_id: str
) -> Subscription | None:
    """Return the subscription that a switch led to: one that it ordered has a stream of its own."""
    confirmed = source.switches[switch_id].of(TargetConfirmed)
    if confirmed is not None:
        # What is owned may have been left, or received users, before.
        known = store.subscription(store.resolve_subscription(organization_id, confirmed.subscription_id))
        if known is not None:
            return known
    return store.subscription(replacement_stream_id(switch_id))


def restoring_mapper(
    store: SwitchStore, plans: OrganizationPlans, organization_id: str, switch_id: str
) -> RestoringMapper:
    """Return how a switch back decides the settings of users.

    Args:
        store: The event store.
        plans: Plans as the organization has them.
        organization_id: Directory id of the organization.
        switch_id: The switch that is taken back.
    """
    first = first_switch(store, organization_id, switch_id)
    return RestoringMapper(
        plans,
        source=first.requested.target_plan_id,
        target=first.source.plan_id,
        originals=RecordedOriginals(store, plans, first),
    )


class RecordedOriginals:
    """Compares users with the roster of the switch that is taken back, and with what it gave them.

    Args:
        store: The event store.
        plans: Plans as the organization has them.
        first: The switch that is taken back.
    """

    def __init__(self, store: SwitchStore, plans: OrganizationPlans, first: FirstSwitch) -> None:
        self._store = store
        self._first = first
        self._before, self._after = first.source.plan_id, first.requested.target_plan_id
        self._passes = list(first.state.chunks)
        self._given = SettingsMapper(
            plans,
            source=self._before,
            target=self._after,
            service_settings=first.requested.service_settings,
        )
        self._seen: set[UUID] = set()

    @property
    def switch_id(self) -> str:
        """Return the id of the switch that is taken back."""
        return self._first.switch_id

    @property
    def removed_addons(self) -> tuple[str, ...]:
        """Return the add-ons that it removed since its plan includes them, by the quote that it fixed."""
        fixed = self._first.state.of(QuoteFixed)
        addons = fixed.quote["input"].get("addons", ()) if fixed else ()
        return tuple(f"{each['quantity']} of {each['name']}" for each in addons if not each["is_carried"])

    def of(self, users: Sequence[DirectoryUser]) -> Mapping[str, Original]:
        """Return directory id -> what the record knows of each user of a page."""
        keys = self._store.vault.known_keys(
            self._first.organization_id, [user.directory_id for user in users]
        )
        rows = self._store.original_settings(self.switch_id, keys)
        outcomes = self._store.latest_outcomes(self.switch_id, list(rows), self._passes)
        self._seen |= {key for key in rows if outcomes.get(key) == MOVED}
        return {
            user.directory_id: self._compared(user, rows.get(key), outcomes.get(key, ""))
            for user, key in zip(users, keys, strict=True)
        }

    def group_disabled(self, group_id: str, now_disabled: Sequence[str]) -> tuple[str, ...] | None:
        """Return what a group had off before; None where it is not as the switch left it."""
        moved = self._first.state.licensing_groups.get(group_id)
        if not isinstance(moved, LicensingGroupMoveStarted):
            return None
        listed = self._given.target.service_plan_ids
        result = {each for each in moved.new_disabled if not listed or each in listed}
        return tuple(moved.old_disabled) if result == set(now_disabled) else None

    def left(self, limit: int) -> tuple[int, tuple[str, ...]]:
        """Return how many users it moved whom no page has shown, and directory ids of the first of them."""
        left = max(0, self._first.state.moved - len(self._seen))
        return left, tuple(self._names_left(limit)) if left else ()

    def _compared(self, user: DirectoryUser, row: RosterRow | None, outcome: str) -> Original:
        # Who came onto the old plan while licenses moved is on no roster: nobody has recorded their settings
        # of before, and what the pass gave them is no proof of it.
        if row is None or row.position < 0:
            return Original(since=JOINED)
        if outcome != MOVED or not self._is_as_left(user, row):
            return Original(since=CHANGED)
        return Original(since=RESTORED, old_disabled=row.old_disabled)

    def _is_as_left(self, user: DirectoryUser, row: RosterRow) -> bool:
        """Return whether a user has the license that the switch gave, in the same way, and nothing else."""
        held = user.license_of(self._after)
        if held is None or user.license_of(self._before) is not None:
            return False
        if user.has_direct(self._after) == row.is_by_group:
            return False
        return self._given.explains(user, off=held.disabled_service_ids, wanted=row.new_disabled)

    def _names_left(self, limit: int) -> Iterator[str]:
        summary = self._store.roster_summary(self.switch_id)
        for start in range(0, summary.count if summary else 0, PAGE_SIZE_MAX):
            rows = self._store.roster_slice(self.switch_id, start, start + PAGE_SIZE_MAX)
            keys = [row.user_key for row in rows if row.user_key not in self._seen]
            outcomes = self._store.latest_outcomes(self.switch_id, keys, self._passes)
            gone = [key for key in keys if outcomes.get(key) == MOVED][:limit]
            names = self._store.vault.directory_ids(self._first.organization_id, gone)
            yield from (names[key] for key in gone if key in names)
            limit -= len(gone)
            if limit <= 0:
                return
