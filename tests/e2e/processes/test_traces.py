"""One trace leads from a command to all that it caused (docs/metrics.md#traces), by a real receiver."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.chaos.stack import RunningStack, running_stack
from tests.support.telemetry.otlp_receiver import OtlpReceiver, ReceivedSpan, receiving_spans

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60.0
USERS = 60
#: What a switch passes, from the command to the row; each in the one trace of the command.
PASSED = (
    "request of the command line",
    "POST /api/v1/switches",
    "StartUpdateWithStartWorkflow:PlanSwitch",
    "HandleUpdate:await_request",
    "RunWorkflow:PlanSwitch",
    "RunActivity:purchase.order_replacement",
    "call checkout",
    "RunActivity:license_reassignment.move_slice",
    "call change_licenses",
    "RunActivity:billing_cutover.cut_over_billing",
    "save events",
    "CompleteWorkflow:PlanSwitch",
)


def test_one_trace_leads_from_the_command_to_the_rows() -> None:
    """Command line, request, update, steps, calls and rows are one tree, with ids and without persons."""
    folder = temporary_data_folder("planswitch-traces-")
    with (
        receiving_spans() as receiver,
        running_stack(folder, PLANSWITCH_TRACING_ENDPOINT=receiver.endpoint) as running,
    ):
        organization_id = running.organization(seed=1, users=USERS)
        _start(running, organization_id, receiver.endpoint)
        trace = _trace(receiver, lambda spans: set(PASSED) <= {each.name for each in spans})
        people = _people(running, organization_id)
        running.wait_for(_step_of(trace).attributes["planswitch.switch_id"], "completed")
        lines = _log_lines(folder)
    shutil.rmtree(folder, ignore_errors=True)

    ids = {each.span_id for each in trace}
    (root,) = [each for each in trace if not each.parent_id]
    step = _step_of(trace)
    text = "\n".join(each.text for each in trace)

    assert root.name == "request of the command line"
    assert all(each.parent_id in ids for each in trace if each is not root)
    assert {each.service for each in trace} == {"planswitch-cli", "planswitch-serve", "planswitch-worker"}
    assert step.attributes["planswitch.organization_id"] == organization_id
    assert step.attributes["planswitch.switch_id"]
    assert step.attributes["planswitch.request_id"]
    assert _parent(trace, "call change_licenses").name == step.name
    assert people
    assert [each for each in people if each in text] == []
    _require_step_lines(lines, step)
    assert [each for each in people if any(each in str(line) for line in lines)] == []


def _step_of(trace: Sequence[ReceivedSpan]) -> ReceivedSpan:
    """Return the step that moved the users."""
    (step,) = [each for each in trace if each.name == "RunActivity:license_reassignment.move_slice"]
    return step


def _require_step_lines(lines: Sequence[dict[str, Any]], step: ReceivedSpan) -> None:
    """Require that the line of a step names switch, workflow, run, activity and attempt (logs#steps)."""
    (line,) = [
        each
        for each in lines
        if each["event"] == "step_done" and each["activity_type"] == "license_reassignment.move_slice"
    ]
    for name in ("switch_id", "organization_id"):
        assert line[name] == step.attributes[f"planswitch.{name}"]
    assert line["run_id"] == step.attributes["temporalRunID"]
    assert line["workflow_id"] == step.attributes["temporalWorkflowID"]
    assert line["activity_id"] == step.attributes["temporalActivityID"]
    assert line["attempt"] == 1


def _log_lines(folder: Path) -> list[dict[str, Any]]:
    """Return every line of the logs of our processes; each is a JSON object with the usual fields."""
    lines = []
    for name in ("worker", "serve", "project", "sealer"):
        for text in (folder / "logs" / f"{name}.log").read_text(encoding="utf-8").splitlines():
            line: dict[str, Any] = json.loads(text)
            assert {"event", "level", "timestamp"} <= line.keys(), text
            lines.append(line)
    return lines


def _start(running: RunningStack, organization_id: str, endpoint: str) -> None:
    command = [sys.executable, "-m", "cli.main", "switch", "start", organization_id]
    command += ["--to", "ENTERPRISEPACK", "--yes", "--no-wait"]
    environment = {**running.state.environment, "PLANSWITCH_TRACING_ENDPOINT": endpoint}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert ran.returncode == 0, ran.stderr


def _trace(receiver: OtlpReceiver, is_whole: Callable[[Sequence[ReceivedSpan]], bool]) -> list[ReceivedSpan]:
    """Return the spans of the command's trace, once they are as wanted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    spans: list[ReceivedSpan] = []
    while time.monotonic() < deadline:
        begun = [each for each in receiver.spans if each.name == "request of the command line"]
        ids = {each.trace_id for each in begun}
        starts = {each.trace_id for each in receiver.spans if each.name == "POST /api/v1/switches"}
        spans = [each for each in receiver.spans if each.trace_id in ids & starts]
        if is_whole(spans):
            return spans
        time.sleep(0.2)
    raise AssertionError(sorted({each.name for each in spans}))


def _parent(trace: Sequence[ReceivedSpan], name: str) -> ReceivedSpan:
    child = next(each for each in trace if each.name == name)
    return next(each for each in trace if each.span_id == child.parent_id)


def _people(running: RunningStack, organization_id: str) -> list[str]:
    answer = running.sandbox.get(f"/sandbox/organizations/{organization_id}/users").raise_for_status()
    users = answer.json()["users"]
    return [str(user[field]) for user in users for field in ("id", "displayName", "userPrincipalName")]
