"""Lets a request look at once whose reason is gone, as somebody has just read (products#an-act-elsewhere).

What a person did in the vendor's own pages tells nobody. Whoever looks at the products reads it, and what
waits for it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

import structlog

from domain.kernel.errors import PlanSwitchError
from domain.operator.operator_commands import LOOK
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import is_waiting
from services.base.tools import Tools
from services.commands.send import send
from workflows.base.messages import OperatorCommand

REASON = "the products were read, and what it waited for is gone"
_log = structlog.get_logger()


def let_look(tools: Tools, rows: Iterable[SwitchRow], *, actor: str) -> tuple[str, ...]:
    """Let those of the requests look that still wait; return their ids.

    Call it in a worker thread of the server's loop. Nobody who reads is refused because Temporal is silent.

    Args:
        tools: What use cases work with.
        rows: Requests whose reason is gone.
        actor: Who read it.
    """
    looked: list[str] = []
    for row in rows:
        if not is_waiting(row):
            continue
        command = OperatorCommand(request_id=str(uuid4()), actor=actor, reason=REASON)
        try:
            send(tools, row, LOOK, command)
        except PlanSwitchError as error:
            _log.warning("wait_not_looked", switch_id=row.switch_id, code=error.code)
        else:
            looked.append(row.switch_id)
    return tuple(looked)
