"""Forms of a switch's page: each hands the message that the API makes of its body to the same use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from console.pages.checkout_forms import Fields, body_of, number_of, text_of
from console.switches.command_bodies import (
    AmendBody,
    CommandBody,
    ExtensionBody,
    RetryUsersBody,
    SkipBody,
    Verdict,
)
from domain.operator.operator_commands import APPROVE, DECLINE, EXTEND, LOOK, RETRY
from domain.switch.control_events import AMEND, PAUSE, RESUME, RETRY_USERS, SKIP
from domain.switch.return_events import CANCEL, ROLL_BACK
from projections.reads.shown_rows import SwitchRow
from services.base.tools import Tools
from services.commands.amendments import amend
from services.commands.credit_decisions import DECIDE_CREDIT, EXTEND_CREDIT
from services.commands.failed_users import retry_users, skip_user
from services.commands.send import RETRY_FAILED, send
from services.recovery.restarts import restart

Body = TypeVar("Body", bound=CommandBody)
Action = Callable[[Tools, SwitchRow, Fields, str], object]
#: A box that is checked.
CHECKED = "yes"
RESTART = "restart"


def _body(fields: Fields, model: type[Body], **values: Any) -> Body:
    """Return the body of a command; the form's own request id lets a second click act once."""
    request_id = text_of(fields, "request_id") or str(uuid4())
    return body_of(model, reason=text_of(fields, "reason"), request_id=request_id, **values)


def _plain(update: str) -> Action:
    """Return the action of a command that takes a reason and nothing else."""
    return lambda tools, row, fields, actor: send(
        tools, row, update, _body(fields, CommandBody).command(actor)
    )


def _retry_users(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(fields, RetryUsersBody, users=(text_of(fields, "user"),))
    return retry_users(tools, row, body.of_users(actor))


def _skip(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    is_accepted = text_of(fields, "accept_loss") == CHECKED
    body = _body(fields, SkipBody, user=text_of(fields, "user"), accept_loss=is_accepted)
    return skip_user(tools, row, body.command(actor))


def _amend(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(
        fields,
        AmendBody,
        quantity=number_of(fields, "quantity"),
        accepted_digest=text_of(fields, "accepted_digest") or None,
        accept_forfeiture=text_of(fields, "accept_forfeiture") == CHECKED,
    )
    return amend(tools, row, body.command(actor), takes_any=False)


def _decide(verdict: Verdict) -> Action:
    """Return the action that answers a credit check in the bureau's place."""
    return lambda tools, row, fields, actor: send(
        tools, row, DECIDE_CREDIT, _body(fields, CommandBody).decision(actor, verdict)
    )


def _extend(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(fields, ExtensionBody, days=number_of(fields, "days"))
    return send(tools, row, EXTEND_CREDIT, body.extension(actor))


def _restart(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    return restart(tools, row.switch_id, _body(fields, CommandBody).command(actor))


#: Command, which is the last part of its form's address -> what does it.
ACTIONS: Mapping[str, Action] = {
    PAUSE: _plain(PAUSE),
    RESUME: _plain(RESUME),
    RETRY: _plain(RETRY_FAILED),
    RETRY_USERS: _retry_users,
    SKIP: _skip,
    AMEND: _amend,
    CANCEL: _plain(CANCEL),
    ROLL_BACK: _plain(ROLL_BACK),
    LOOK: _plain(LOOK),
    APPROVE: _decide("approve"),
    DECLINE: _decide("decline"),
    EXTEND: _extend,
    RESTART: _restart,
}
