"""Signatures of commands: one function signs, one checks; nobody can be named without the key (ADR 19).

In whose name a step may record: an actor whom the record knows, or whom a signature proves.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from activities.signed_command import OUTSIDE_ACTOR, START, UNSIGNED_AT_DEFAULT, WAIT, SignedCommand
from domain.approvals.approval import Approval, ApprovalRequired
from domain.approvals.approval_events import ApprovalGranted
from domain.kernel.errors import CommandStale, CommandUnsigned
from domain.kernel.facts import as_plain, canonical_json, digest_of
from domain.kernel.ids import is_workflow_of
from domain.kernel.money import Money
from domain.kernel.recorded import RecordedEvent
from domain.text.plain_text import cleaned_text

#: A command that is older when a worker sees it first is refused; so is one from as far in the future.
FRESH_SECONDS_MAX = 300
_FRESH = timedelta(seconds=FRESH_SECONDS_MAX)
#: How long a seal is valid; later steps go by the record.
SEAL_HOURS_MAX = 24
#: Purposes keep one kind of proof from being taken for another.
_COMMAND, _SEAL, _NAME = b"planswitch command 1:", b"planswitch seal 1:", b"planswitch command key 1:"
_KEY_ID_CHARACTERS = 16
#: Fields of an envelope that are proofs themselves.
_NOT_SIGNED = frozenset({"signature", "admitted_at", "seal"})
#: Fields of a message that the envelope holds itself, or that say where the message goes.
_NO_ARGUMENTS = frozenset({"request_id", "decision_id", "actor", "reason", "signed", "order", "after"})
#: How what the product does by itself is named in an envelope; no account of a person begins so.
SYSTEM_PREFIX = "system:"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandKeys:
    """The keys of an installation: one signs, and a second one is valid beside it while they are rolled."""

    signing: bytes
    second: bytes | None = None

    def of_id(self, wanted: str) -> bytes | None:
        """Return the valid key with an id, or None."""
        valid = (self.signing, self.second)
        return next((key for key in valid if key is not None and key_id(key) == wanted), None)


def key_ids(keys: CommandKeys) -> tuple[str, ...]:
    """Return the names of the valid keys, that of the one that signs first."""
    return tuple(key_id(key) for key in (keys.signing, keys.second) if key is not None)


def key_id(key: bytes) -> str:
    """Return the name of a key, which tells nothing about it."""
    return hmac.new(key, _NAME, hashlib.sha256).hexdigest()[:_KEY_ID_CHARACTERS]


def arguments_of(message: Any) -> dict[str, Any]:
    """Return what a command says beside who, why and when: all fields of its own, under their names.

    A field that came later is left out at its default: what was signed before it is signed all the same.
    """
    if not is_dataclass(message):
        raise TypeError(type(message).__name__)
    own = (each for each in fields(message) if each.name not in _NO_ARGUMENTS)
    arguments = {each.name: (getattr(message, each.name), each) for each in own}
    return {
        name: value
        for name, (value, each) in arguments.items()
        if each.metadata != UNSIGNED_AT_DEFAULT or value != each.default
    }


def sign(
    keys: CommandKeys,
    *,
    switch_id: str,
    command: str,
    actor: str,
    reason: str,
    request_id: str,
    at: datetime,
    arguments: dict[str, Any],
) -> SignedCommand:
    """Return the envelope of a command.

    Args:
        keys: Of this installation.
        switch_id: What is commanded.
        command: Name of the update, or `start`, `wait`, `look_now`.
        actor: Who commands it, from authentication, or `system:PART`.
        reason: Why.
        request_id: Names the command.
        at: Now; an aware instant.
        arguments: The command's own, see `arguments_of`.
    """
    unsigned = SignedCommand(
        switch_id=switch_id,
        command=command,
        actor=actor,
        reason=reason,
        request_id=request_id,
        signed_at=at,
        arguments_digest=digest_of(arguments),
        key_id=key_id(keys.signing),
        signature="",
    )
    return replace(unsigned, signature=_signature(keys.signing, unsigned))


def order_arguments(order: SwitchOrder, **arguments: Any) -> dict[str, Any]:
    """Return what the start of a switch says: the order, who asked for it and why, and what goes with it.

    Who starts it is in the envelope, and may be another: an operator who restarts it, or the reconciler.
    """
    facts = {name: fact for name, fact in order.as_facts().items() if name not in _NO_ARGUMENTS}
    return {**facts, "order_actor": order.actor, "order_reason": order.reason, **arguments}


def sign_order(
    keys: CommandKeys,
    order: SwitchOrder,
    *,
    at: datetime,
    actor: str = "",
    reason: str = "",
    command: str = START,
    **arguments: Any,
) -> SwitchOrder:
    """Return an order with the envelope of its start.

    Args:
        keys: Of this installation.
        order: What is started.
        at: Now; an aware instant.
        actor: Who starts it; who asks for it when "".
        reason: Why; that of the order when "".
        command: START or WAIT.
        arguments: What is signed together with the order.
    """
    signed = sign(
        keys,
        switch_id=order.switch_id,
        command=command,
        actor=actor or order.actor,
        reason=reason or order.reason,
        request_id=order.request_id,
        at=at,
        arguments=order_arguments(order, **arguments),
    )
    return replace(order, signed=signed)


def check(
    keys: CommandKeys,
    signed: SignedCommand | None,
    *,
    switch_id: str,
    command: str,
    seen_at: datetime | None,
    run_id: str = "",
    actor: str | None = None,
    reason: str | None = None,
    request_id: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> SignedCommand:
    """Return the envelope of a command that a holder of the key gave, and gave for this.

    Args:
        keys: Of this installation.
        signed: The envelope; None: there is none.
        switch_id: What it must command.
        command: What it must be.
        seen_at: When it was seen first; one with a worker's seal was seen in time before. None: its age is
            of no account, since the record has it.
        run_id: Run of the workflow whose seals count, for SEAL_HOURS_MAX; "": no seal counts.
        actor: Who must have given it; None: whoever the envelope names.
        reason: The same of why.
        request_id: The same of its name.
        arguments: What it must say; None: its arguments are checked where they are used.

    Raises:
        CommandUnsigned: It is not signed by a valid key, or was signed for something else.
        CommandStale: It was signed more than FRESH_SECONDS_MAX before, or after, it was seen first.
    """
    if signed is None:
        raise CommandUnsigned(f"The command `{command}` carries no signature.")
    key = keys.of_id(signed.key_id)
    if key is None or not _is_genuine(key, signed):
        raise CommandUnsigned(f"The signature of the command `{command}` is not of this installation.")
    wanted = {"switch_id": switch_id, "command": command, "actor": actor, "reason": reason}
    wanted |= {"request_id": request_id}
    wanted |= {"arguments_digest": None if arguments is None else digest_of(arguments)}
    other = [name for name, value in wanted.items() if value not in {None, getattr(signed, name)}]
    if other:
        names = ", ".join(other).replace("arguments_digest", "arguments")
        raise CommandUnsigned(f"The command `{command}` was signed for another {names}.")
    if seen_at is not None and not _is_sealed(keys, signed, seen_at=seen_at, run_id=run_id):
        _require_fresh(signed, seen_at)
    return signed


def seal(keys: CommandKeys, signed: SignedCommand, *, at: datetime, run_id: str) -> SignedCommand:
    """Return a checked envelope with the proof that a worker saw it in time; later steps go by that.

    Args:
        keys: Of this installation.
        signed: The envelope.
        at: When it was seen; an aware instant.
        run_id: Run of the workflow in which it was: the seal is good for no other, since histories show it.
    """
    admitted = replace(signed, admitted_at=at, seal="")
    return replace(admitted, seal=_seal(keys.signing, admitted, run_id))


def _require_fresh(signed: SignedCommand, seen_at: datetime) -> None:
    if abs(seen_at - signed.signed_at) > _FRESH:
        minutes = FRESH_SECONDS_MAX // 60
        raise CommandStale(
            f"The command `{signed.command}` was signed at {signed.signed_at:%Y-%m-%d %H:%M:%S} UTC and seen "
            f"at {seen_at:%Y-%m-%d %H:%M:%S} UTC, more than {minutes} minutes apart: it does not count."
        )


def _is_sealed(keys: CommandKeys, signed: SignedCommand, *, seen_at: datetime, run_id: str) -> bool:
    if not run_id or signed.admitted_at is None or signed.admitted_at.tzinfo is None:
        return False
    if seen_at - signed.admitted_at > timedelta(hours=SEAL_HOURS_MAX):
        return False
    valid = [key for key in (keys.signing, keys.second) if key is not None]
    return any(is_equal(signed.seal, _seal(key, signed, run_id)) for key in valid)


def _signature(key: bytes, signed: SignedCommand) -> str:
    facts = {each.name: getattr(signed, each.name) for each in fields(signed) if each.name not in _NOT_SIGNED}
    return hmac_of(key, _COMMAND, facts)


def _seal(key: bytes, signed: SignedCommand, run_id: str) -> str:
    facts = {"signature": signed.signature, "at": signed.admitted_at, "run_id": run_id}
    return hmac_of(key, _SEAL, facts)


def _is_genuine(key: bytes, signed: SignedCommand) -> bool:
    return signed.signed_at.tzinfo is not None and is_equal(signed.signature, _signature(key, signed))


def is_equal(claimed: str, right: str) -> bool:
    """Return whether a claimed proof is the right one, in a time that tells nothing of it."""
    # As bytes: texts beyond ASCII can't be compared, and whoever forges one may send any.
    return hmac.compare_digest(claimed.encode(errors="surrogatepass"), right.encode())


def hmac_of(key: bytes, purpose: bytes, facts: dict[str, Any]) -> str:
    """Return the HMAC-SHA-256 over facts for one purpose, hexadecimal."""
    return hmac.new(
        key, purpose + canonical_json(as_plain(facts)).encode(errors="surrogatepass"), hashlib.sha256
    ).hexdigest()


class ApprovalGate(Protocol):
    """Finds out whether a second person has approved a command (activities/signing/approvals.py)."""

    def require(
        self, signed: SignedCommand, order: SwitchOrder, *, users: int, total: Money | None
    ) -> Approval | None:
        """Return the approval of a command, or None where it needs none.

        Args:
            signed: Its envelope, which was checked.
            order: Of the switch.
            users: How many move because of it.
            total: The most that it costs, with tax; None: it costs nothing.

        Raises:
            ApprovalRequired: It needs one and has none.
        """


class Authority:
    """Whose names one attempt of a step may write into the record.

    Args:
        keys: Of this installation.
        order: What the step was handed.
        seen_at: When Temporal scheduled the step, which no retry changes.
        run_id: Run of the workflow that the step belongs to, as Temporal tells it.
        workflow_id: That workflow.
        approvals: Finds out what a second person has approved; None: nothing needs that.
    """

    def __init__(
        self,
        keys: CommandKeys,
        order: SwitchOrder,
        *,
        seen_at: datetime,
        run_id: str,
        workflow_id: str,
        approvals: ApprovalGate | None = None,
    ) -> None:
        self._keys = keys
        self._approval_gate = approvals
        #: What the step does and a second person has approved, with the event that proves it.
        self.approvals: list[tuple[Approval, ApprovalGranted]] = []
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
        self.require_approved(signed)
        return signed

    def require_approved(self, signed: SignedCommand, *, users: int = 0, total: Money | None = None) -> None:
        """Refuse a command that needs the approval of a second person and has none.

        Who approved it may be named from then on, and is recorded with what the step saves.

        Args:
            signed: The envelope of a command that was checked.
            users: How many move because of it.
            total: The most that it costs, with tax; None: it costs nothing.

        Raises:
            ApprovalRequired: Nobody who may has approved exactly this.
        """
        if self._approval_gate is None:
            return
        approval = self._approval_gate.require(signed, self._order, users=users, total=total)
        if approval is not None and approval.granted is not None:
            self.allow(approval.approved_by)
            if not any(known.approval_id == approval.approval_id for known, _ in self.approvals):
                self.approvals.append((approval, approval.granted))

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
            self.require_approved(signed)
        except (CommandUnsigned, ApprovalRequired):
            return False
        return True

    def require_begun(self, command: str = START, **arguments: Any) -> SignedCommand:
        """Refuse an order that nobody proves to have placed, or that waited too long for a worker.

        Args:
            command: START or WAIT.
            arguments: What was signed together with the order.

        Returns:
            Its envelope.

        Raises:
            CommandUnsigned: No valid key signed it, another actor did, or it was signed for another workflow.
            CommandStale: It was seen too late.
        """
        signed = self._begun(command, arguments)
        if signed.actor != self._order.actor and not signed.actor.startswith(SYSTEM_PREFIX):
            raise CommandUnsigned("The request was signed for another actor.")
        self.allow(self._order.actor)
        return signed

    def is_begun(self, command: str = START, **arguments: Any) -> bool:
        """Return whether the run was started, or started again, by somebody with the key, just now."""
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
