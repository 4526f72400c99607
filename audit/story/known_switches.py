"""Switches that the record knows, whether they are open or have ended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.ids import replacement_stream_id
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSwitch:
    """A switch, and where it is recorded."""

    switch_id: str
    organization_id: str
    source_stream_id: UUID


def known_switch(store: SwitchStore, organization_id: str, switch_id: str) -> KnownSwitch | None:
    """Return a switch that was ever taken, else None.

    Args:
        store: The event store.
        organization_id: Whose it is; "": what it ordered tells.
        switch_id: The switch.
    """
    owner = organization_id or _owner(store, switch_id)
    organization = store.organization(owner) if owner else None
    source = organization.source_streams.get(switch_id) if organization else None
    if not source:
        return None
    return KnownSwitch(switch_id=switch_id, organization_id=owner, source_stream_id=UUID(source))


def _owner(store: SwitchStore, switch_id: str) -> str:
    target = store.subscription(replacement_stream_id(switch_id))
    return target.organization_id if target is not None else ""
