"""A replayer of recorded histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.signing.signatures import CommandKeys
from activities.signing.step_proofs import StepProofs
from ops.base.payloads import data_converter
from tests.support.worlds.guarded import workflow_runner
from workflows.base.proofs import WorkflowProofs
from workflows.workflow_types import WORKFLOWS

PROJECT = Path(__file__).parents[3]
HISTORIES = sorted((PROJECT / "tests" / "histories").glob("*.json"))


def replayer() -> Replayer:
    """Return a replayer that works as the worker does."""
    proofs = StepProofs(keys=CommandKeys(signing=b"a-key-of-the-replays"))
    return Replayer(
        workflows=WORKFLOWS,
        data_converter=data_converter,
        workflow_runner=workflow_runner(),
        interceptors=[WorkflowProofs(prove_start=proofs.prove_start, prove_step=proofs.prove_step)],
    )


def read(path: Path) -> dict[str, Any]:
    """Return a recorded document."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def history_of(document: dict[str, Any]) -> WorkflowHistory:
    """Return a recorded document as a history."""
    events = {key: value for key, value in document.items() if key != "workflowId"}
    return WorkflowHistory.from_json(document["workflowId"], json.dumps(events))
