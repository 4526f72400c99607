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
