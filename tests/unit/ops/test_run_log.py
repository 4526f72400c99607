"""Every process logs one JSON object a line, its libraries too, and never a secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from temporalio.testing import ActivityEnvironment

from ops.base.log import add_work_ids, hide_secrets

_PROJECT = Path(__file__).parents[3]


def _logged(code: str, *, level: str = "INFO") -> list[dict[str, Any]]:
    """Run a program with logging set up and return what it logged; its stdout must stay empty."""
    setup = f"from ops.base.log import configure_logging; configure_logging(json=True, level={level!r})"
    answer = subprocess.run(
        [sys.executable, "-c", f"{setup}\nimport logging, structlog\n{code}"],
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == ""
    return [json.loads(line) for line in answer.stderr.splitlines()]


def test_our_events_and_the_libraries_records_are_json_lines() -> None:
    """An event and a record of a library become one JSON object each, with level and UTC time."""
    own = "structlog.get_logger().info('switch_started', users=250)"
    code = f"{own}\nlogging.getLogger('lib').warning('odd %s', 1)"
    ours, theirs = _logged(code)

    assert (ours["event"], ours["users"], ours["level"]) == ("switch_started", 250, "info")
    assert (theirs["event"], theirs["level"]) == ("odd 1", "warning")
    assert ours["timestamp"].endswith("Z")


def test_the_level_is_kept() -> None:
    """Events under the level are not written, ours and the libraries'."""
    code = "structlog.get_logger().info('quiet'); logging.getLogger('lib').info('quiet')"

    assert _logged(code, level="WARNING") == []


def test_an_exception_stays_on_its_line() -> None:
    """A traceback is a field of its event, so that one event stays one line."""
    code = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    structlog.get_logger().exception('step_failed')"
    (event,) = _logged(code)

    assert "ZeroDivisionError" in event["exception"]


@pytest.mark.parametrize(
    "name",
    ["password", "api_key", "AUTHORIZATION", "database_url", "database_owner_url", "client_secret"],
)
def test_a_secret_by_name_is_hidden(name: str) -> None:
    """A value whose name says secret is masked."""
    assert hide_secrets(None, "info", {"event": "x", name: "hush"}) == {"event": "x", name: "********"}


def test_a_password_inside_a_url_is_hidden() -> None:
    """The password of a URL is masked wherever the URL is logged, its text included."""
    event = hide_secrets(None, "info", {"event": "no answer of postgresql://me:hush@host/db"})

    assert event["event"] == "no answer of postgresql://me:********@host/db"


def test_an_activity_names_itself() -> None:
    """An event inside an activity carries the activity's type, attempt and workflow."""
    environment = ActivityEnvironment()

    def step() -> structlog.typing.EventDict:
        return add_work_ids(None, "info", {"event": "batch_moved"})

    event = environment.run(step)

    assert event["attempt"] == environment.info.attempt
    assert event["workflow_id"] == environment.info.workflow_id
    assert event["activity_type"] == environment.info.activity_type


def test_a_line_of_the_sdks_core_is_one_of_ours() -> None:
    """What the core of the SDK tells is a JSON line with its fields (logs#lines-of-the-sdk)."""
    code = """
import asyncio
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.runtime import Runtime
from ops.telemetry.sdk_runtime import sdk_runtime
runtime = sdk_runtime().runtime
record = logging.getLogger("temporalio.core").makeRecord(
    "temporalio.core", 30, "", 0, "Long poll failed", (), None, extra={"temporal_log": type(
        "Line", (), {"target": "temporalio_client", "fields": {"service": "poll", "attempts": 3}})})
logging.getLogger("temporalio.core").handle(record)
import os, sys; sys.stderr.flush(); os._exit(0)
"""
    lines = [each for each in _logged(code) if each["logger"] == "temporalio.core"]

    assert lines[-1]["event"] == "Long poll failed"
    assert (lines[-1]["core_service"], lines[-1]["core_attempts"]) == ("poll", 3)
    assert lines[-1]["target"] == "temporalio_client"
