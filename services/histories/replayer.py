"""Replays one history with the workflows of today, and says what differs (ADR 38).

Nothing is asked of Temporal or of a provider: a replay gets every answer from the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Interceptor, Replayer, UnsandboxedWorkflowRunner

from activities.signing.signatures import CommandKeys
from activities.signing.step_proofs import StepProofs
from audit.replay.decisions import Deviation, deviations_of
from audit.replay.failures import explained, library_text
from services.histories.decision_watch import DecisionWatch
from services.histories.history_decisions import decisions_of_history, decisions_of_replay, marks_of
from workflows.base.proofs import WorkflowProofs

#: Makes proofs that nobody reads: a replay compares no headers.
_KEYS = CommandKeys(signing=b"a replay signs nothing that counts")


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """What the replay of one history found."""

    #: Steps, children and ends of the history.
    decisions: int
    #: None of them: today's program decides as the history has it.
    deviations: tuple[Deviation, ...]


class HistoryReplayer:
    """Replays histories, one at a time: each takes a core of the machine.

    Args:
        workflows: Classes of today's workflows.
        converter: How workflows and steps hand each other their messages.
    """

    def __init__(self, workflows: Sequence[type], converter: DataConverter) -> None:
        self._workflows = workflows
        self._converter = converter
        self._lock = asyncio.Lock()

    async def replay(self, workflow_id: str, history: History) -> Replayed:
        """Replay a history; of a run that is open, the history is one so far.

        Args:
            workflow_id: Whose history it is.
            history: Every event of one run.
        """
        watch = DecisionWatch()
        async with self._lock:
            failure = await self._failure(workflow_id, history, watch)
        converter = self._converter.payload_converter
        before = decisions_of_history(history.events, watch.decisions, converter)
        today = decisions_of_replay(watch.decisions, converter)
        deviations = deviations_of(before, today)
        if failure is not None:
            deviations = explained(
                library_text(failure),
                compared=deviations,
                history=before,
                replay=today,
                marks=marks_of(history.events),
            )
        return Replayed(decisions=len(before), deviations=deviations)

    async def _failure(self, workflow_id: str, history: History, watch: Interceptor) -> Exception | None:
        replayer = Replayer(
            workflows=self._workflows,
            data_converter=self._converter,
            # As a worker runs them (ADR 13).
            workflow_runner=UnsandboxedWorkflowRunner(),
            interceptors=[watch, _proofs()],
            runtime=_silent_runtime(),
        )
        replayed = await replayer.replay_workflow(
            WorkflowHistory(workflow_id, list(history.events)), raise_on_replay_failure=False
        )
        return replayed.replay_failure


def _proofs() -> Interceptor:
    proofs = StepProofs(keys=_KEYS)
    return WorkflowProofs(prove_start=proofs.prove_start, prove_step=proofs.prove_step)


@cache
def _silent_runtime() -> Runtime:
    """Return a runtime that logs nothing: a deviation is an answer, and no fault of this process."""
    return Runtime(telemetry=TelemetryConfig(logging=None))
