"""The request id of a switch to the letter: it names the workflow, and the board shows it cleaned."""

from __future__ import annotations

from audit.story.show import events_of
from console.access.dependencies import ConsoleDependencies
from domain.requests.wait_events import EligibilityWait
from domain.switch.events import SwitchRequested
from domain.text.plain_text import REPLACEMENT
from projections.reads.shown_rows import SwitchRow

#: Events that hold what was asked.
_ASKING = (SwitchRequested, EligibilityWait.Created)


def request_id_of(console: ConsoleDependencies, row: SwitchRow) -> str:
    """Return the request id that led to a switch; one of before may have characters that no table can hold.

    Args:
        console: Where to look.
        row: The switch as the board shows it.
    """
    shown = str(row.request_id)
    if REPLACEMENT not in shown:
        return shown
    found = events_of(console.store, row.switch_id, console.reads.streams_of(row.switch_id))
    asked = (each.event for each in found if isinstance(each.event, _ASKING))
    return next((str(event.request_id) for event in asked), shown)
