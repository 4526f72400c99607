"""The installation's signature: what is sent over Temporal carries who acts, and the proof of it (ADR 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from activities.contract import SwitchOrder
from activities.signed_command import END, START, WAIT, SignedCommand
from activities.signing.signatures import CommandKeys, arguments_of, sign, sign_order
from workflows.base.messages import CreditDecision, CreditExtension, OperatorCommand
from workflows.wait.eligibility_wait import WaitRequest

Command = OperatorCommand | CreditDecision | CreditExtension
AnyCommand = TypeVar("AnyCommand", bound=Command)


class CommandSigner:
    """Signs in the name of the actor that the console has let in."""

    def __init__(self, keys: CommandKeys) -> None:
        self.keys = keys

    def command(self, command: AnyCommand, *, update: str, switch_id: str) -> AnyCommand:
        """Return a command with its envelope."""
        signed = sign(
            self.keys,
            switch_id=switch_id,
            command=update,
            actor=command.actor,
            reason=command.reason,
            request_id=command_id(command),
            at=_now(),
            arguments=arguments_of(command),
        )
        return replace(command, signed=signed)

    def start(self, order: SwitchOrder) -> SwitchOrder:
        """Return the order of a switch with the envelope of its start."""
        return sign_order(self.keys, order, at=_now(), command=START)

    def wait(self, request: WaitRequest) -> WaitRequest:
        """Return a request that waits with the envelope of its order, and of what is accepted by waiting."""
        order = sign_order(self.keys, request.order, at=_now(), command=WAIT, accepted=request.accepted)
        return replace(request, order=order)


def command_id(command: Command) -> str:
    """Return the id under which a command acts once."""
    return command.decision_id if isinstance(command, CreditDecision) else command.request_id


def signed_end(keys: CommandKeys, switch_id: str, *, run_id: str, actor: str, reason: str) -> SignedCommand:
    """Return the proof that the product itself ends a run, to start its workflow again.

    Args:
        keys: Of this installation.
        switch_id: Whose workflow it is.
        run_id: The run; the history of one that was ended shows the proof to anybody.
        actor: Who wants it.
        reason: Why.
    """
    return sign(
        keys,
        switch_id=switch_id,
        command=END,
        actor=actor,
        reason=reason,
        request_id="",
        at=_now(),
        arguments=end_arguments(run_id),
    )


def end_arguments(run_id: str) -> dict[str, str]:
    """Return what is signed together with the end of a run."""
    return {"run_id": run_id}


def _now() -> datetime:
    return datetime.now(tz=UTC)
