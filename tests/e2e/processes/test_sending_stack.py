"""`planswitch up` with a mail server and a receiver of webhooks: a switch is run, and both hear of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.chaos.sending import SUBSCRIBER, SendingStack, sending_stack

ROOT = Path(__file__).parents[3]
#: Subscribed by the command line; the other one by the API.
PARTNER = "partner@contoso.example"
SECONDS_MAX = 120.0
USERS = 5


@pytest.fixture(name="stack", scope="module")
def _stack() -> Iterator[SendingStack]:
    """Yield a stack that has somebody to send to."""
    folder = temporary_data_folder("planswitch-sending-")
    with sending_stack(folder) as stack:
        yield stack
    shutil.rmtree(folder, ignore_errors=True)


def _ran(stack: SendingStack, *arguments: str) -> str:
    """Run a command on the stack, and return what it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, "PLANSWITCH_DATA_DIR": str(stack.running.folder), "COLUMNS": "200"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _people(stack: SendingStack, organization_id: str) -> set[str]:
    """Return the names and addresses of everybody whom the switch concerns."""
    path = f"/sandbox/organizations/{organization_id}/users"
    users: list[dict[str, Any]] = stack.running.sandbox.get(path).raise_for_status().json()["users"]
    named = {
        str(user[name])
        for user in users
        for name in ("userPrincipalName", "displayName", "mail")
        if user.get(name)
    }
    return {*named, SUBSCRIBER, PARTNER}


def _logs(stack: SendingStack) -> dict[str, str]:
    folder = stack.running.folder
    files = [*(folder / "logs").glob("*.log"), folder / "up.log"]
    return {each.name: each.read_text(encoding="utf-8", errors="replace") for each in files}


def _metrics(stack: SendingStack) -> dict[str, float]:
    text = stack.running.api.get("/metrics").raise_for_status().text
    pairs = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name.partition("{")[0]: float(value) for name, _, value in pairs}


def test_a_switch_sends_its_mail_and_its_webhooks(stack: SendingStack) -> None:
    """Both recipients get the notices of docs/notices.md, the receiver every event, and no log a person."""
    _ran(stack, "notice", "recipients", "add", PARTNER, "--kind", "completion", "--reason", "asked for it")
    organization_id = stack.running.organization(seed=77, users=USERS)
    start = ("switch", "start", organization_id, "--to", "E3", "--yes", "--reason", "grow", "--json")
    switch_id = json.loads(_ran(stack, *start))["switch_id"]
    stack.running.wait_for(switch_id, "completed")
    stack.until(lambda: stack.is_settled(organization_id), "something still waits")

    mails = [each for each in stack.mailbox.delivered() if switch_id in each.body("plain")]
    got = sorted((each.recipients, str(each.message["Subject"])) for each in mails)
    subject = f"Switch {switch_id[:8]} to Office 365 E3: completed"
    assert stack.written(organization_id) == {"completion"}
    assert got == [((SUBSCRIBER,), subject), ((PARTNER,), subject)]
    types = [json.loads(each.body)["type"] for each in stack.posted(organization_id)]
    assert Counter(stack.verified) == stack.receiver.counts()
    assert (types[0], types[-1]) == ("switch.requested", "switch.completed")
    assert len(types) == len(stack.deliveries(organization_id))
    people = _people(stack, organization_id)
    assert len(people) > USERS
    assert not [(name, each) for name, text in _logs(stack).items() for each in people if each in text]
    assert "notice_ended" in _logs(stack)["worker.log"]
    assert not [
        each for each in people for post in stack.posted(organization_id) if each.encode() in post.body
    ]
    assert "sent" in _ran(stack, "notice", "list", "--switch", switch_id)


def test_doctor_and_metrics_tell_of_both_senders(stack: SendingStack) -> None:
    """Nothing waits and nothing fails; a mail server that is away is told with what waits for it.

    See cli#signs-of-life.
    """
    doctor = _ran(stack, "doctor")
    figures = _metrics(stack)

    assert "notices" in doctor
    assert "webhooks" in doctor
    assert (figures["planswitch_notices_waiting"], figures["planswitch_notices_oldest_seconds"]) == (0.0, 0.0)
    assert (figures["planswitch_webhooks_waiting"], figures["planswitch_webhooks_disabled"]) == (0.0, 0.0)
