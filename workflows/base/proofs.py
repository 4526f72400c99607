"""Beside every step and every child goes the proof that a workflow of ours asked for it (ADR 19).

No workflow reads one, and a replay compares no headers: older histories stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities.signing.proof_contract import (
    PROVE_START,
    PROVE_STEP,
    START_PROOF,
    STEP_PROOF,
    ProvenStart,
    StepRun,
    digest_of_input,
)

ProveStart = Callable[[ProvenStart], str]
ProveStep = Callable[[StepRun, str, str], str]


class WorkflowProofs(Interceptor):
    """Gives the workflows of a worker their proofs; the key stays with the functions that make them.

    Args:
        prove_start: Returns the proof of a child's start.
        prove_step: Returns the proof of a step.
    """

    def __init__(self, *, prove_start: ProveStart, prove_step: ProveStep) -> None:
        self._functions: dict[str, Callable[..., str]] = {PROVE_START: prove_start, PROVE_STEP: prove_step}

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the library's name
    ) -> type[WorkflowInboundInterceptor]:
        """Return what stands between a workflow and the library."""
        input.unsafe_extern_functions.update(self._functions)
        return _ProvingRun


class _ProvingRun(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        self._outbound = _ProvingOutbound(outbound)
        super().init(self._outbound)

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - the library's name
        self._outbound.started_with = input.args
        return await super().execute_workflow(input)


class _ProvingOutbound(WorkflowOutboundInterceptor):
    #: The run's own input, once it runs.
    started_with: Sequence[Any] | None = None
    _run: StepRun | None = None

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = self._with_proof(input.headers, input.activity, input.args)
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = self._with_proof(input.headers, input.activity, input.args)
        return super().start_local_activity(input)

    async def start_child_workflow(
        self,
        input: StartChildWorkflowInput,  # noqa: A002 - the library's name
    ) -> workflow.ChildWorkflowHandle[Any, Any]:
        own = workflow.info()
        start = ProvenStart(
            workflow_id=input.id,
            workflow_type=input.workflow,
            digest=_digest(input.args),
            parent_id=own.workflow_id,
            parent_run_id=own.run_id,
        )
        proof = workflow.extern_functions()[PROVE_START](start)
        input.headers = {**input.headers, START_PROOF: _payload(proof)}
        return await super().start_child_workflow(input)

    def _with_proof(
        self, headers: Mapping[str, Payload], activity: str, arguments: Sequence[Any]
    ) -> dict[str, Payload]:
        proof = workflow.extern_functions()[PROVE_STEP](self._own_run(), activity, _digest(arguments))
        return {**headers, STEP_PROOF: _payload(proof)}

    def _own_run(self) -> StepRun:
        """Return who asks; it is the same for all steps of a run, once that has begun."""
        if self._run is not None:
            return self._run
        own = workflow.info()
        start = _start_of(own, self.started_with)
        run = StepRun(
            workflow_id=own.workflow_id,
            workflow_type=own.workflow_type,
            origin_run_id=own.original_execution_run_id,
            started_at=own.workflow_start_time,
            start=start,
            start_proof=header_text(own.headers, START_PROOF),
        )
        if self.started_with is not None:
            self._run = run
        return run


def _start_of(own: workflow.Info, started_with: Sequence[Any] | None) -> ProvenStart | None:
    if started_with is None:
        return None
    return ProvenStart(
        workflow_id=own.workflow_id,
        workflow_type=own.workflow_type,
        digest=_digest(started_with),
        parent_id=own.parent.workflow_id if own.parent else "",
        parent_run_id=own.parent.run_id if own.parent else "",
    )


def header_text(headers: Mapping[str, Payload], name: str) -> str:
    """Return what a header says, "" where it is not there or no text."""
    return headers[name].data.decode(errors="replace") if name in headers else ""


def _payload(text: str) -> Payload:
    # JSON, so that people who look at a history can read it.
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


def _digest(arguments: Sequence[Any]) -> str:
    payloads = workflow.payload_converter().to_payloads(arguments)
    return digest_of_input((each.metadata["encoding"].decode(), each.data) for each in payloads)
