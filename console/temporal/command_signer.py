"""The console's signature: what it sends over Temporal carries who acts, and the proof of it (ADR 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from activities.contract import SwitchOrder
from activities.signed_command import START, WAIT
from activities.signing.signatures import CommandKeys, arguments_of, sign, sign_order
from workflows.base.messages import CreditDecision, CreditExtension, OperatorCommand
from workflows.wait.eligibility_wait import WaitRequest

Command = TypeVar("Command", bound=OperatorCommand | CreditDecision | CreditExtension)


class CommandSigner:
    """Signs in the name of whom the console has let in.

    Args:
        keys: Of this installation.
    """

    def __init__(self, keys: CommandKeys) -> None:
        self.keys = keys

    def command(self, command: Command, *, update: str, switch_id: str, request_id: str) -> Command:
        """Return a command with its envelope.

        Args:
            command: Who wants what, and why.
            update: Name of the update that takes it.
            switch_id: What is commanded.
            request_id: Names the command.
        """
        signed = sign(
            self.keys,
            switch_id=switch_id,
            command=update,
            actor=command.actor,
            reason=command.reason,
            request_id=request_id,
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


def _now() -> datetime:
    return datetime.now(tz=UTC)
