"""Who holds an organization, with the end that can be promised now (waits#when-another-switch-ends)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.operator.switch_end import credit_holder, lock_holder, switch_holder
from domain.organizations.organization import LockHolder, Organization
from domain.switch.switch_state import SwitchState
from store.core.errors import UNREADABLE
from store.switch_store import SwitchStore


def seen_organization(store: SwitchStore, organization_id: str, *, now: datetime) -> Organization | None:
    """Return an organization whose holders tell the ends that can be promised now; None: it is not recorded.

    Args:
        store: The event store.
        organization_id: Directory id of the organization.
        now: When somebody looks.
    """
    organization = store.organization(organization_id)
    if organization is not None:
        tell_ends(store, organization, now=now)
    return organization


def tell_ends(store: SwitchStore, organization: Organization, *, now: datetime) -> None:
    """Let the holders of a loaded organization tell the ends that can be promised now; nothing is recorded.

    Args:
        store: The event store.
        organization: As it was loaded.
        now: When somebody looks.
    """
    holder = organization.live_switch
    if holder is None:
        return
    state = _state_of(store, organization, holder)
    organization.live_switch = switch_holder(holder, state, now)
    if organization.commerce_lock is not None:
        organization.commerce_lock = credit_holder(organization.commerce_lock, state, now)
    if organization.administration_lock is not None:
        organization.administration_lock = lock_holder(organization.administration_lock, state, now)


def _state_of(store: SwitchStore, organization: Organization, holder: LockHolder) -> SwitchState | None:
    try:
        source = store.subscription(UUID(organization.live_source_stream_id))
    except (ValueError, *UNREADABLE):
        # Whoever asks is refused all the same; what can't be read tells no end.
        return None
    return source.switches.get(holder.switch_id) if source else None
