"""What a switch is called: its request id to the letter, and its workflow in Temporal."""

from __future__ import annotations

from audit.story.show import events_of
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from domain.requests.wait_events import EligibilityWait
from domain.switch.events import SwitchRequested
from domain.switch.stage import Stage
from domain.text.plain_text import REPLACEMENT
from projections.reads.shown_rows import SwitchRow
from services.base.tools import Tools

#: Events that hold what was asked.
_ASKING = (SwitchRequested, EligibilityWait.Created)


def is_waiting(row: SwitchRow) -> bool:
    """Return whether a row of the board is a request that waits."""
    return bool(row.stage == Stage.WAITING_ELIGIBLE)


def request_id_of(tools: Tools, row: SwitchRow) -> str:
    """Return the request id that led to a switch; the board shows it without what no table can hold."""
    shown = str(row.request_id)
    if REPLACEMENT not in shown:
        return shown
    entries = events_of(tools.store, row.switch_id, tools.reads.streams_of(row.switch_id))
    requests = (each.event for each in entries if isinstance(each.event, _ASKING))
    return next((str(event.request_id) for event in requests), shown)


def workflow_of(tools: Tools, row: SwitchRow) -> str:
    """Return the id of the workflow of a switch, or of the request that waits to become one."""
    name_of = wait_workflow_id_of if is_waiting(row) else workflow_id_of
    return name_of(row.organization_id, request_id_of(tools, row))
