"""In whose name a step may record: an actor whom the record knows, or a signature proves (ADR 19)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from activities.signed_command import OUTSIDE_ACTOR, START, WAIT, SignedCommand
from activities.signing.signatures import CommandKeys, arguments_of, check, order_arguments
from domain.kernel.errors import CommandUnsigned
from domain.kernel.ids import is_workflow_of
from domain.kernel.recorded import RecordedEvent
from domain.text.plain_text import cleaned_text

#: How what the product does by itself is named in an envelope; no account of a person begins so.
SYSTEM_PREFIX = "system:"


class Authority:
    """Whose names one attempt of a step may write into the record.

    Args:
        keys: Of this installation.
        order: What the step was handed.
        seen_at: When Temporal scheduled the step, which no retry changes.
        run_id: Run of the workflow that the step belongs to, as Temporal tells it.
        workflow_id: That workflow.
    """

    def __init__(
        self, keys: CommandKeys, order: SwitchOrder, *, seen_at: datetime, run_id: str, workflow_id: str
    ) -> None:
        self._keys = keys
        self._order = order
        self._seen_at = seen_at
        self._run_id = run_id
        self._workflow_id = workflow_id
        #: Neither is a person: somebody outside, and the switch by itself.
        self._names = {OUTSIDE_ACTOR, SYSTEM_ACTOR}
        #: Actor and reason if an event of the step says nothing else: those of the switch's order.
        self.acting, self.acting_reason = order.actor, order.reason

    def name(self, actor: str) -> str:
        """Return who is recorded as acting: whoever is not proved is nobody but Temporal."""
        cleaned = cleaned_text(actor)
        return cleaned if cleaned in self._names else OUTSIDE_ACTOR

    def allow(self, *actors: str) -> None:
        """Allow the name of somebody whom the record names already, or whom a signature has proved."""
        self._names |= {cleaned_text(actor) for actor in actors}

    def act_for(self, event: RecordedEvent) -> None:
        """Make the step act for the actor of a recorded event, such as the command of the way back."""
        self.acting, self.acting_reason = event.meta["actor"], event.meta["reason"]
        self.allow(self.acting)

    def require_command(
        self, message: Any, *, command: str, request_id: str | None, arguments: dict[str, Any] | None = None
    ) -> SignedCommand:
        """Refuse a command without a proof of its actor; the step may name the actor from then on.

        Args:
            message: The input of the step: who, why, the command's own arguments, and the envelope.
            command: Name of the update that it must have been signed for.
            request_id: Names the command; None: whatever the envelope says.
            arguments: Its own arguments; what the input holds beside the envelope's when None.

        Raises:
            CommandUnsigned: No valid key signed this.
            CommandStale: It was seen too late.
        """
        signed = check(
            self._keys,
            message.signed,
            switch_id=self._order.switch_id,
            command=command,
            seen_at=self._seen_at,
            run_id=self._run_id,
            actor=message.actor,
            reason=message.reason,
            request_id=request_id,
            arguments=arguments_of(message) if arguments is None else arguments,
        )
        self.allow(signed.actor)
        return signed

    def commander(
        self,
        claimed: str,
        signed: SignedCommand | None,
        commands: Iterable[str],
        *,
        reason: str | None = None,
        request_id: str | None = None,
        is_recorded: bool = False,
    ) -> str:
        """Return the actor of what the workflow already does.

        Other than `require_command` it refuses nothing: where nobody proves to have commanded it, it is
        recorded as the act of somebody outside.

        Args:
            claimed: Who is said to have commanded it; "": nobody, the switch does it by itself.
            signed: The envelope.
            commands: Updates that command it; none has arguments of its own.
            reason: Why it is said to be commanded; None: whatever the envelope says.
            request_id: The same of its name.
            is_recorded: The record has this very command, by who is claimed.
        """
        if not claimed:
            return ""
        facts = {"actor": claimed, "reason": reason, "request_id": request_id}
        if is_recorded or self._is_signed(signed, commands, facts):
            self.allow(claimed)
            return claimed
        return OUTSIDE_ACTOR

    def _is_signed(
        self, signed: SignedCommand | None, commands: Iterable[str], facts: dict[str, Any]
    ) -> bool:
        if signed is None or signed.command not in commands:
            return False
        facts = {**facts, "switch_id": self._order.switch_id, "command": signed.command, "arguments": {}}
        try:
            check(self._keys, signed, seen_at=self._seen_at, run_id=self._run_id, **facts)
        except CommandUnsigned:
            return False
        return True

    def require_begun(self, command: str = START, **arguments: Any) -> None:
        """Refuse an order that nobody proves to have placed, or that waited too long for a worker.

        Args:
            command: START or WAIT.
            arguments: What was signed together with the order.

        Raises:
            CommandUnsigned: No valid key signed it, another actor did, or it was signed for another workflow.
            CommandStale: It was seen too late.
        """
        signed = self._begun(command, arguments)
        if signed.actor != self._order.actor and not signed.actor.startswith(SYSTEM_PREFIX):
            raise CommandUnsigned("The request was signed for another actor.")
        self.allow(self._order.actor)

    def is_begun(self, command: str = START, **arguments: Any) -> bool:
        """Return whether the run was started, or started again, by somebody with the key, just now.

        Args:
            command: START or WAIT.
            arguments: What was signed together with the order.
        """
        try:
            self._begun(command, arguments)
        except CommandUnsigned:
            return False
        return True

    def require_own_workflow(self, command: str = START) -> None:
        """Refuse a run of a workflow that is not the switch's own: a copy of its start would drive it again.

        The id of that workflow is made of what a start signs: organization and request.

        Args:
            command: START or WAIT.

        Raises:
            CommandUnsigned: It is another one.
        """
        if not is_workflow_of(self._workflow_id, self._order.switch_id, waits=command == WAIT):
            raise CommandUnsigned("The command `start` was signed for another workflow.")

    def _begun(self, command: str, arguments: dict[str, Any]) -> SignedCommand:
        self.require_own_workflow(command)
        return check(
            self._keys,
            self._order.signed,
            switch_id=self._order.switch_id,
            command=command,
            seen_at=self._seen_at,
            request_id=self._order.request_id,
            arguments=order_arguments(self._order, **arguments),
        )
