"""Switches that the record knows, and the open ones with all that their workflow was started with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from domain.kernel.ids import replacement_stream_id, workflow_id_of
from domain.organizations.organization import LockHolder, Organization
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchState
from store.core.errors import UNREADABLE
from store.switch_store import SwitchStore

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSwitch:
    """A switch, and where it is recorded."""

    switch_id: str
    organization_id: str
    source_stream_id: UUID


def known_switch(store: SwitchStore, organization_id: str, switch_id: str) -> KnownSwitch | None:
    """Return a switch that was ever taken, else None; where `organization_id` is "", its order tells it."""
    owner = organization_id or _owner(store, switch_id)
    organization = store.organization(owner) if owner else None
    source = organization.source_streams.get(switch_id) if organization else None
    if not source:
        return None
    return KnownSwitch(switch_id=switch_id, organization_id=owner, source_stream_id=UUID(source))


def _owner(store: SwitchStore, switch_id: str) -> str:
    target = store.subscription(replacement_stream_id(switch_id))
    return target.organization_id if target is not None else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSwitch(KnownSwitch):
    """A switch that holds its organization, as the record tells it."""

    workflow_id: str
    stage: str
    #: Since when it holds the organization.
    since: datetime
    #: What was asked, to the letter (activities.contract.SwitchOrder).
    order: dict[str, Any]
    source_plan_id: str
    #: Version of the source's stream at which this was read.
    source_version: int
    #: The workflow's newest run that left a trace in the record.
    run_id: str


def open_switches(store: SwitchStore) -> Iterator[OpenSwitch]:
    """Yield every open switch, in order of its organization's stream; one that can't be read is logged."""
    after: UUID | None = None
    while streams := store.reserved_organizations(after):
        for stream_id in streams:
            switch = _read(store, stream_id)
            if switch is not None:
                yield switch
        after = streams[-1]


def _read(store: SwitchStore, stream_id: UUID) -> OpenSwitch | None:
    try:
        organization = store.load(stream_id)
        return _of_organization(store, organization) if organization is not None else None
    except (*UNREADABLE, ValueError, LookupError, TypeError, AttributeError) as error:
        # The switches of all other organizations still need somebody to look after them.
        _log.exception("open_switch_unreadable", stream_id=str(stream_id), error=type(error).__name__)
        return None


def open_switch(store: SwitchStore, organization_id: str, switch_id: str) -> OpenSwitch | None:
    """Return a switch if it holds its organization now, else None."""
    organization = store.organization(organization_id)
    switch = _of_organization(store, organization) if organization is not None else None
    return switch if switch is not None and switch.switch_id == switch_id else None


def _of_organization(store: SwitchStore, organization: Organization) -> OpenSwitch | None:
    holder = organization.live_switch
    if holder is None:
        # Released between the look at the index and the load.
        return None
    source = store.subscription(UUID(organization.live_source_stream_id))
    state = source.switches.get(holder.switch_id) if source else None
    requested = state.of(SwitchRequested) if state else None
    if source is None or state is None or requested is None:
        # Both are saved in one transaction, so this stream was read before it.
        return None
    return _open(holder, source, state, requested)


def _open(
    holder: LockHolder, source: Subscription, state: SwitchState, requested: SwitchRequested
) -> OpenSwitch:
    organization_id = str(requested.order["organization_id"])
    workflow_id = workflow_id_of(organization_id, requested.request_id)
    newest = sorted(state.recorded.values(), key=lambda event: event.originator_version)
    # Steps of its children left traces too.
    runs = [str(event.meta["run_id"]) for event in newest if event.meta["workflow_id"] == workflow_id]
    return OpenSwitch(
        switch_id=holder.switch_id,
        organization_id=organization_id,
        workflow_id=workflow_id,
        stage=state.stage,
        since=holder.since,
        order=requested.order,
        source_stream_id=source.id,
        source_plan_id=source.plan_id,
        source_version=source.version,
        run_id=next((run_id for run_id in reversed(runs) if run_id), ""),
    )
