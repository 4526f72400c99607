"""Waiting for the read models: what was just recorded is shown a moment later."""

from __future__ import annotations

import time

from domain.kernel.errors import UnknownSwitch
from projections.reads.queries import ReadModels
from projections.reads.shown_rows import SwitchRow

#: The projector polls four times a second; after this the answer goes out without the row.
SHOWN_TIMEOUT_SECONDS = 2.0
#: A command that was sent twice changes nothing more, so that this wait is shorter.
CHANGE_TIMEOUT_SECONDS = 1.0
_POLL_SECONDS = 0.05


def shown_switch(reads: ReadModels, switch_id: str) -> SwitchRow | None:
    """Return the row of a switch as soon as it is shown, or None when that takes too long."""
    deadline = time.monotonic() + SHOWN_TIMEOUT_SECONDS
    while True:
        try:
            return reads.switch(switch_id)
        except UnknownSwitch:
            if time.monotonic() >= deadline:
                return None
        time.sleep(_POLL_SECONDS)


def shown_change(reads: ReadModels, switch_id: str, position: int) -> None:
    """Return as soon as something later than a position is shown of a switch, or when that takes too long."""
    deadline = time.monotonic() + CHANGE_TIMEOUT_SECONDS
    while reads.switch(switch_id).position <= position and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
