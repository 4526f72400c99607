"""Forms of a switch's page: each does what the API does, by the API's own functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar
from uuid import uuid4

from console.access.dependencies import ConsoleDependencies
from console.api.routes_amend import amend_switch
from console.api.routes_controls import (
    cancel_switch,
    pause_switch,
    resume_switch,
    retry_switch,
    roll_back_switch,
    skip_user,
)
from console.api.routes_credit import decide_credit, extend_credit
from console.api.routes_recovery import restart_switch
from console.api.routes_switches import look_again
from console.models.controls import CommandTaken
from console.pages.checkout_forms import Fields, body_of, number_of, text_of
from console.switches.bodies import AmendBody, CommandBody, ExtensionBody, RetryUsersBody, SkipBody
from domain.operator.operator_commands import APPROVE, DECLINE, EXTEND, LOOK, RETRY
from domain.switch.control_events import AMEND, PAUSE, RESUME, RETRY_USERS, SKIP
from domain.switch.return_events import CANCEL, ROLL_BACK

Body = TypeVar("Body", bound=CommandBody)
Action = Callable[[ConsoleDependencies, str, Fields, str], object]
#: A box that is checked.
CHECKED = "yes"
RESTART = "restart"


def _command(fields: Fields, model: type[Body], **values: Any) -> Body:
    """Return the body of a command; the form's own request id lets a second click act once."""
    request_id = text_of(fields, "request_id") or str(uuid4())
    return body_of(model, reason=text_of(fields, "reason"), request_id=request_id, **values)


def _plain(route: Callable[[str, CommandBody, str, ConsoleDependencies], object]) -> Action:
    """Return the action of a command that takes a reason and nothing else."""
    return lambda console, switch, fields, actor: route(switch, _command(fields, CommandBody), actor, console)


def _retry(console: ConsoleDependencies, switch: str, fields: Fields, actor: str) -> CommandTaken:
    return retry_switch(switch, _command(fields, RetryUsersBody), actor, console)


def _retry_users(console: ConsoleDependencies, switch: str, fields: Fields, actor: str) -> CommandTaken:
    body = _command(fields, RetryUsersBody, users=(text_of(fields, "user"),))
    return retry_switch(switch, body, actor, console)


def _skip(console: ConsoleDependencies, switch: str, fields: Fields, actor: str) -> CommandTaken:
    is_accepted = text_of(fields, "accept_loss") == CHECKED
    body = _command(fields, SkipBody, user=text_of(fields, "user"), accept_loss=is_accepted)
    return skip_user(switch, body, actor, console)


def _amend(console: ConsoleDependencies, switch: str, fields: Fields, actor: str) -> CommandTaken:
    body = _command(
        fields,
        AmendBody,
        quantity=number_of(fields, "quantity"),
        accepted_digest=text_of(fields, "accepted_digest") or None,
        accept_forfeiture=text_of(fields, "accept_forfeiture") == CHECKED,
    )
    return amend_switch(switch, body, actor, console)


def _decide(verdict: Literal["approve", "decline"]) -> Action:
    """Return the action that answers a credit check in the bureau's place."""
    return lambda console, switch, fields, actor: decide_credit(
        switch, verdict, _command(fields, CommandBody), actor, console
    )


def _extend(console: ConsoleDependencies, switch: str, fields: Fields, actor: str) -> CommandTaken:
    body = _command(fields, ExtensionBody, days=number_of(fields, "days"))
    return extend_credit(switch, body, actor, console)


#: Command, which is the last part of its form's address -> what does it.
ACTIONS: Mapping[str, Action] = {
    PAUSE: _plain(pause_switch),
    RESUME: _plain(resume_switch),
    RETRY: _retry,
    RETRY_USERS: _retry_users,
    SKIP: _skip,
    AMEND: _amend,
    CANCEL: _plain(cancel_switch),
    ROLL_BACK: _plain(roll_back_switch),
    LOOK: _plain(look_again),
    APPROVE: _decide("approve"),
    DECLINE: _decide("decline"),
    EXTEND: _extend,
    RESTART: _plain(restart_switch),
}
