"""The console's part of a signature in worlds that have no console: what goes over Temporal is signed.

Commands are signed at the clock of their workflow, which tests move ahead of the machine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from activities.contract import SwitchOrder
from activities.signed_command import WAIT
from activities.signing.proof_contract import START_PROOF, ProvenStart, digest_of_input
from activities.signing.signatures import CommandKeys, arguments_of, sign, sign_order
from activities.signing.step_proofs import CHILDREN, StepProofs
from domain.kernel.ids import switch_id_of_workflow
from ops.base.payloads import data_converter
from workflows.base.messages import CreditDecision, CreditExtension, OperatorCommand
from workflows.wait.eligibility_wait import WaitRequest

SECRET = "a-command-key-of-the-tests"
KEYS = CommandKeys(signing=SECRET.encode())
#: Workflow id -> switch, of what was started here: some tests name their workflows as they like.
_STARTED: dict[str, str] = {}
COMMANDS = (OperatorCommand, CreditDecision, CreditExtension)


def key_file(folder: Path) -> Path:
    """Write the command key of the tests into a folder, and return the file."""
    path = folder / "command.key"
    path.write_text(SECRET)
    path.chmod(0o600)
    return path


def signing_client(client: Client, keys: CommandKeys = KEYS) -> Client:
    """Return a client that signs what is not signed yet."""
    config = client.config()
    others = [each for each in config["interceptors"] if not isinstance(each, _Signing)]
    config["interceptors"] = [_Signing(keys), *others]
    return Client(**config)


def plain_client(client: Client) -> Client:
    """Return a client that signs nothing, as one has who has no key."""
    config = client.config()
    config["interceptors"] = [each for each in config["interceptors"] if not isinstance(each, _Signing)]
    return Client(**config)


def signed_message(keys: CommandKeys, workflow_id: str, update: str, message: Any, at: datetime) -> Any:
    """Return a command with the envelope that the console would give it."""
    return replace(
        message,
        signed=sign(
            keys,
            switch_id=_STARTED.get(workflow_id) or switch_id_of_workflow(workflow_id),
            command=update,
            actor=message.actor,
            reason=message.reason,
            request_id=message.decision_id if isinstance(message, CreditDecision) else message.request_id,
            at=at,
            arguments=arguments_of(message),
        ),
    )


def signed_start(keys: CommandKeys, message: Any, at: datetime) -> Any:
    """Return the input of a workflow with the envelope that the console would give it."""
    if isinstance(message, SwitchOrder) and message.signed is None:
        return sign_order(keys, message, at=at)
    if isinstance(message, WaitRequest) and message.order.signed is None:
        order = sign_order(keys, message.order, at=at, command=WAIT, accepted=message.accepted)
        return replace(message, order=order)
    return message


def signed_anew(keys: CommandKeys, message: Any, at: datetime) -> Any:
    """Return the input of a workflow signed for another instant, by whom it was signed."""
    if isinstance(message, SwitchOrder):
        return sign_order(keys, message, at=at, actor=message.signed.actor if message.signed else "")
    if isinstance(message, WaitRequest):
        return signed_start(keys, replace(message, order=replace(message.order, signed=None)), at)
    return message


class _Signing(Interceptor):
    def __init__(self, keys: CommandKeys) -> None:
        self._keys = keys

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the library's
        return _Outbound(next, self._keys)


class _Outbound(OutboundInterceptor):
    def __init__(self, inner: OutboundInterceptor, keys: CommandKeys) -> None:
        super().__init__(inner)
        self._keys = keys

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002
        """Sign an order for the instant at which its workflow begins."""
        input.args = self._started(input.id, input.args, input.start_delay)
        if input.workflow in CHILDREN:
            input.headers = {**input.headers, START_PROOF: self._start_proof(input)}
        return await super().start_workflow(input)

    def _start_proof(self, input: StartWorkflowInput) -> Payload:  # noqa: A002 - the library's
        """Return the proof of a child that a test starts without a switch."""
        payloads = data_converter.payload_converter.to_payloads(input.args)
        start = ProvenStart(
            workflow_id=input.id,
            workflow_type=input.workflow,
            digest=digest_of_input((each.metadata["encoding"].decode(), each.data) for each in payloads),
            parent_id="",
            parent_run_id="",
        )
        proof = StepProofs(keys=self._keys).prove_start(start)
        return Payload(metadata={"encoding": b"json/plain"}, data=proof.encode())

    async def start_workflow_update(
        self,
        input: StartWorkflowUpdateInput,  # noqa: A002 - the library's
    ) -> WorkflowUpdateHandle[Any]:
        """Sign a command."""
        if input.args and isinstance(input.args[0], COMMANDS) and input.args[0].signed is None:
            at = await self._now(input.id)
            signed = signed_message(self._keys, input.id, input.update, input.args[0], at)
            input.args = [signed, *input.args[1:]]
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,  # noqa: A002 - the library's
    ) -> WorkflowUpdateHandle[Any]:
        """Sign an order."""
        begun = input.start_workflow_input
        begun.args = self._started(begun.id, begun.args, None)
        return await super().start_update_with_start_workflow(input)

    def _started(self, workflow_id: str, args: Sequence[Any], delay: timedelta | None) -> list[Any]:
        at = datetime.now(UTC) + (delay or timedelta(0))
        orders = [getattr(each, "order", each) for each in args]
        for each in orders:
            if isinstance(each, SwitchOrder):
                _STARTED[workflow_id] = each.switch_id
        return [signed_start(self._keys, each, at) for each in args]

    async def _now(self, workflow_id: str) -> datetime:
        client = self._client()
        try:
            return await TimeSkipper(client).get_current_time(client.get_workflow_handle(workflow_id))
        except RPCError:
            return datetime.now(UTC)

    def _client(self) -> Client:
        inner: Any = self.next
        while not hasattr(inner, "_client"):
            inner = inner.next
        found: Client = inner._client
        return found
