"""Runs workflows with the behavior that each has where workers have versions (ADR 53)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from temporalio.common import VersioningBehavior
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import _Definition


class VersionedRunner(WorkflowRunner):
    """Gives each definition its behavior: Temporal refuses one from workers without a version.

    Args:
        runner: Runs the workflows.
        behaviors: Workflow -> with which build it goes on.
    """

    def __init__(self, runner: WorkflowRunner, behaviors: Mapping[type, VersioningBehavior]) -> None:
        self._runner = runner
        self._behaviors = behaviors

    def prepare_workflow(self, defn: _Definition) -> None:
        """Prepare a definition as the runner does."""
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return an instance whose tasks tell its behavior."""
        behavior = self._behaviors[det.defn.cls]
        return self._runner.create_instance(
            replace(det, defn=replace(det.defn, versioning_behavior=behavior))
        )

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """Pass on which exceptions fail a workflow."""
        self._runner.set_worker_level_failure_exception_types(types)
