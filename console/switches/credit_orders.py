"""Which switch placed an order: a callback names the order, not the switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.access.dependencies import ConsoleDependencies
from console.access.request_ids import request_id_of
from console.switches.readable_sources import readable_source
from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import workflow_id_of
from domain.switch.events import ReplacementOrdered
from domain.switch.switch_state import SwitchState
from projections.reads.queries import PAGE_MAX
from projections.reads.shown_rows import SwitchRow


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderedSwitch:
    """A switch, as the record tells it."""

    switch_id: str
    workflow_id: str
    state: SwitchState


def switch_of_order(console: ConsoleDependencies, organization_id: str, order_id: str) -> OrderedSwitch:
    """Return the switch that placed an order; the read model is an index, the record decides.

    Raises:
        UnknownSwitch: None did, as far as is recorded yet.
    """
    for row in _switches(console, organization_id):
        source = readable_source(console, row)
        state = source.switches.get(row.switch_id) if source else None
        ordered = state.of(ReplacementOrdered) if state else None
        if state is not None and ordered is not None and ordered.order_id == order_id:
            workflow_id = workflow_id_of(organization_id, request_id_of(console, row))
            return OrderedSwitch(switch_id=row.switch_id, workflow_id=workflow_id, state=state)
    raise UnknownSwitch(
        f"No switch of organization {organization_id} placed order {order_id}.",
        remedy="Send the callback again in a few seconds: the order may not be recorded yet.",
    )


def _switches(console: ConsoleDependencies, organization_id: str) -> Iterator[SwitchRow]:
    """Return every switch of an organization, the newest first."""
    after: str | None = None
    while True:
        found = console.reads.switches(organization_id=organization_id, limit=PAGE_MAX, after=after)
        yield from found.rows
        after = found.next_id
        if after is None:
            return
