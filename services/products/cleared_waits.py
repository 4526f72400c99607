"""Lets requests look at once whose reason is gone, as somebody has just read (products#an-act-elsewhere).

What a person did in the vendor's own pages tells nobody. Whoever reads the products sees what is gone, and
lets what waits for it look. Reading alone changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid5

import structlog

from domain.kernel.errors import PlanSwitchError
from domain.kernel.ids import NAMESPACE
from domain.operator.operator_commands import LOOK
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import is_waiting
from services.base.tools import Tools
from services.commands.send import send
from workflows.base.messages import OperatorCommand

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class LookRequest:
    """Who lets requests look, and why."""

    actor: str
    reason: str
    #: The same id lets each request look once.
    request_id: str


def let_look(tools: Tools, rows: Iterable[SwitchRow], request: LookRequest) -> tuple[str, ...]:
    """Let those of the requests look that still wait; return their ids.

    Call it in a worker thread of the server's loop. One that does not answer stops no other.

    Args:
        tools: What use cases work with.
        rows: Requests whose reason is gone.
        request: Who wants it, and why.
    """
    looked: list[str] = []
    for row in rows:
        if not is_waiting(row):
            continue
        command = OperatorCommand(
            request_id=str(uuid5(NAMESPACE, f"look:{request.request_id}:{row.switch_id}")),
            actor=request.actor,
            reason=request.reason,
        )
        try:
            send(tools, row, LOOK, command)
        except PlanSwitchError as error:
            _log.warning("wait_not_looked", switch_id=row.switch_id, code=error.code)
        else:
            looked.append(row.switch_id)
    return tuple(looked)
