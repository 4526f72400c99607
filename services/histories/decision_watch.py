"""Watches what a workflow decides while it is replayed: steps, children and its end, with their values.

Temporal's library compares only the names of what a workflow asks for; this keeps the values too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import FailureError
from temporalio.worker import (
    ContinueAsNewInput,
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from audit.replay.decisions import DecisionKind

_NOTE, _BEGIN = "note_decision", "begin_decisions"


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedDecision:
    """One decision of a replay."""

    kind: DecisionKind
    name: str
    key: str
    values: tuple[Payload, ...]
    #: By them the values of the history are read as today's program reads them.
    types: tuple[type, ...]


class DecisionWatch(Interceptor):
    """Keeps the decisions of the one run that is replayed."""

    def __init__(self) -> None:
        self.decisions: list[WatchedDecision] = []

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the library's name
    ) -> type[WorkflowInboundInterceptor]:
        """Return what stands between a workflow and the library."""
        input.unsafe_extern_functions.update({_NOTE: self._note, _BEGIN: self.decisions.clear})
        return _WatchedRun

    def _note(self, kind: str, name: str, key: str, values: Sequence[Payload], types: Sequence[type]) -> None:
        decision = WatchedDecision(
            kind=DecisionKind(kind), name=name, key=key, values=tuple(values), types=tuple(types)
        )
        self.decisions.append(decision)


class _WatchedRun(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        workflow.extern_functions()[_BEGIN]()
        super().init(_WatchedCommands(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> object:  # noqa: A002 - the library's name
        try:
            result: object = await super().execute_workflow(input)
        except FailureError as error:
            _note(DecisionKind.FAILURE, name=getattr(error, "type", None) or type(error).__name__)
            raise
        _note(DecisionKind.RESULT, values=[result])
        return result


class _WatchedCommands(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor) -> None:  # noqa: A002 - the library's name
        super().__init__(next)
        self._steps = 0

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[object]:  # noqa: A002
        self._note_step(input)
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[object]:  # noqa: A002
        self._note_step(input)
        return super().start_local_activity(input)

    def _note_step(self, step: StartActivityInput | StartLocalActivityInput) -> None:
        # The library numbers the steps of a run in this order, and a history has the number.
        self._steps += 1
        key = step.activity_id or str(self._steps)
        _note(DecisionKind.STEP, name=step.activity, key=key, values=step.args)

    async def start_child_workflow(
        self,
        input: StartChildWorkflowInput,  # noqa: A002 - the library's name
    ) -> workflow.ChildWorkflowHandle[object, object]:
        _note(DecisionKind.CHILD, name=input.workflow, key=input.id, values=input.args)
        return await super().start_child_workflow(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:  # noqa: A002 - the library's name
        name = input.workflow or workflow.info().workflow_type
        _note(DecisionKind.NEXT_RUN, name=name, values=input.args)
        super().continue_as_new(input)


def _note(kind: DecisionKind, *, name: str = "", key: str = "", values: Sequence[object] = ()) -> None:
    payloads = workflow.payload_converter().to_payloads(values)
    types = [type(each) for each in values]
    workflow.extern_functions()[_NOTE](kind.value, name, key, payloads, types)
