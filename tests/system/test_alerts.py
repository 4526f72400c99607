"""Each alert fires by its cause: a real Prometheus scrapes the processes of a stack (docs/runbook.md)."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import yaml
from temporalio.client import Client

from domain.kernel.ids import workflow_id_of
from ops.stack.embedded import PROBES
from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.acts.foreign import asking_for_work
from tests.support.chaos.stack import RunningStack, running_stack
from tests.support.system.programs import system_program
from tests.support.telemetry.board_rows import plant, waiting_row
from tests.support.telemetry.prometheus import RULES, Prometheus, running_prometheus

pytestmark = pytest.mark.system

#: The directory takes so many writes, which come back so slowly that the quota stays spent.
USERS, WINDOW_SECONDS = 20, 36_000
PATIENCE_SECONDS = 180.0
REQUEST_ID = "planted-request"
#: The console sends each read four times before it gives up.
FAILING_QUOTES, SLOW_QUOTES, SLOW_SECONDS = 10, 3, 6
#: Planted in turn: in the figures of all, and then by parts that stop.
WHILE_ALL_WORK = {
    "PlanswitchAccessLost",
    "PlanswitchAlarm",
    "PlanswitchDeadLetters",
    "PlanswitchHold",
    "PlanswitchNoticesWaiting",
    "PlanswitchProviderFails",
    "PlanswitchProviderSlow",
    "PlanswitchQuotaSpent",
    "PlanswitchStranger",
    "PlanswitchWaitsTooLong",
    "PlanswitchWebhookDisabled",
    "PlanswitchWebhooksWaiting",
    "PlanswitchWorkflowTasksFail",
    "PlanswitchWorkflowsStuck",
}
BY_STOPPED_PARTS = {
    "PlanswitchNoWorker",
    "PlanswitchPartMissing",
    "PlanswitchProcessDown",
    "PlanswitchProcessNotReady",
    "PlanswitchProjectorBehind",
    "PlanswitchUnsealed",
}
_EVENT = """
INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state, recorded_at)
VALUES (gen_random_uuid(), 1, 'nobody.knows', '{}', clock_timestamp() - %s::interval)
"""
_DELIVERY = """
WITH made AS (
    INSERT INTO planswitch.webhook_delivery
        (endpoint_id, webhook_id, event_type, organization_id, switch_id, payload, made_at)
    VALUES (%(endpoint)s::uuid, 'msg_planted', 'test', '', '', '{}', clock_timestamp() - interval '2 hours')
    RETURNING delivery_id
)
INSERT INTO planswitch.webhook_queue (delivery_id, endpoint_id, subject, due_at)
SELECT delivery_id, %(endpoint)s::uuid, 'planted', clock_timestamp() FROM made
"""
#: The stack has no mail server, so nobody sends it.
_NOTICE = """
WITH made AS (
    INSERT INTO planswitch.notice
        (notice_id, message_id, switch_id, organization_id, kind, recipient_key, position, stream_id, version,
         caused_at, derived_at)
    VALUES (gen_random_uuid(), '<planted@example.com>', gen_random_uuid(), '', 'completion',
        gen_random_uuid(), 1, gen_random_uuid(), 1, clock_timestamp(), clock_timestamp() - interval '2 hours')
    RETURNING notice_id
)
INSERT INTO planswitch.notice_queue (notice_id, round) SELECT notice_id, 0 FROM made
"""


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    folder = temporary_data_folder("planswitch-alerts-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_every_alert_has_a_planted_cause() -> None:
    """An alert that is added is planted here as well."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    names = {rule["alert"] for group in groups for rule in group["rules"]}

    assert names == WHILE_ALL_WORK | BY_STOPPED_PARTS


def test_the_rules_are_what_promtool_expects() -> None:
    """Each alert fires by its figures and is silent by good ones, with labels and annotations."""
    promtool = system_program("promtool")
    for arguments in (
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "rules_test.yml"],
    ):
        ran = subprocess.run(
            [promtool, *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.timeout(900)
def test_each_alert_fires_by_its_cause(folder: Path) -> None:
    """A whole stack is quiet while all is well; then every cause is planted, and each alert fires."""
    program = system_program("prometheus")
    quota = {
        "PLANSWITCH_DIRECTORY_WRITES_MAX": str(USERS),
        "PLANSWITCH_DIRECTORY_WRITES_WINDOW_SECONDS": str(WINDOW_SECONDS),
    }
    with running_stack(folder / "stack", **quota) as running:
        targets = [
            url.removeprefix("http://") for name, url in running.state.urls.items() if name.startswith(PROBES)
        ]
        with running_prometheus(program, folder / "prometheus", targets) as prometheus:
            prometheus.wait_until_quiet(seconds=PATIENCE_SECONDS)
            _plant_while_all_work(running, prometheus)
            _plant_stopped_parts(running, prometheus)

    assert prometheus.fired >= WHILE_ALL_WORK | BY_STOPPED_PARTS


def _plant_while_all_work(running: RunningStack, prometheus: Prometheus) -> None:
    owner = running.state.environment["DATABASE_OWNER_URL"]
    organization_id = running.organization(seed=1, users=USERS)
    # Twice as many users as the quota takes: the switch stays open.
    switched = running.organization(seed=2, users=2 * USERS)
    running.start_switch(switched, request_id=REQUEST_ID)
    prometheus.wait_for({"PlanswitchQuotaSpent"}, seconds=PATIENCE_SECONDS)
    rows = [
        waiting_row("moving", code="PROVIDER_UNAVAILABLE", hours=3),
        waiting_row("held", code="ACCESS_LOST", alarms=["still_switching"]),
    ]
    plant(owner, rows)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(_EVENT, ["0 seconds"])
        connection.execute(_DELIVERY.encode(), {"endpoint": _disabled_endpoint(running)})
        connection.execute(_NOTICE.encode())
    with _foreigners(running.state.urls["temporal"], workflow_id_of(switched, REQUEST_ID)):
        _trouble_providers(running, organization_id)
        prometheus.wait_for(WHILE_ALL_WORK, seconds=PATIENCE_SECONDS)


def _disabled_endpoint(running: RunningStack) -> str:
    body = {"url": "https://hooks.example.com/", "reason": "alerts"}
    made = running.api.post("/api/v1/webhooks", json=body).raise_for_status().json()
    endpoint = str(made["webhook"]["webhook_id"])
    path = f"/api/v1/webhooks/{endpoint}/disable"
    running.api.post(path, json={"reason": "alerts"}).raise_for_status()
    return endpoint


def _trouble_providers(running: RunningStack, organization_id: str) -> None:
    """Let every call to billing fail, and one of the seller's take long."""
    quote = {"organization_id": organization_id, "target_plan": "ENTERPRISEPACK"}
    slow = {"operation": "subscriptions", "fault": "latency", "seconds": SLOW_SECONDS, "rate": 1.0}
    running.sandbox.put("/sandbox/faults", json={"rules": [slow]}).raise_for_status()
    for _ in range(SLOW_QUOTES):
        running.api.post("/api/quotes", json=quote)
    failing = [
        {"operation": name, "fault": "failed", "status": 503, "rate": 1.0} for name in ("profile", "period")
    ]
    running.sandbox.put("/sandbox/faults", json={"rules": failing}).raise_for_status()
    for _ in range(FAILING_QUOTES):
        running.api.post("/api/quotes", json=quote)


@contextmanager
def _foreigners(address: str, workflow_id: str) -> Iterator[None]:
    """End a workflow by hand, start one that no worker knows, and ask for work until the block ends."""
    stop = threading.Event()

    async def intrude() -> None:
        client = await Client.connect(address)
        await client.get_workflow_handle(workflow_id).terminate("planted")
        await client.start_workflow("NobodyKnows", id=f"planted-{uuid.uuid4()}", task_queue="planswitch")
        while not stop.is_set():
            async with asking_for_work(client, "planswitch"):
                await asyncio.to_thread(stop.wait, 30)

    thread = threading.Thread(target=asyncio.run, args=(intrude(),))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _plant_stopped_parts(running: RunningStack, prometheus: Prometheus) -> None:
    owner = running.state.environment["DATABASE_OWNER_URL"]
    keys = running.folder / "keys"
    with ExitStack() as stopped:
        for part in ("project", "worker"):
            stopped.enter_context(running.suspended(running.process_id(part)))
        (keys / "seal.key").rename(keys / "seal.key.away")
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(_EVENT, ["10 minutes"])
        prometheus.wait_for(BY_STOPPED_PARTS, seconds=PATIENCE_SECONDS)
        (keys / "seal.key.away").rename(keys / "seal.key")
    _until_quiet(prometheus, {"PlanswitchProcessDown", "PlanswitchNoWorker", "PlanswitchProcessNotReady"})


def _until_quiet(prometheus: Prometheus, names: set[str]) -> None:
    """Wait until alerts whose cause is gone fire no more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while names & prometheus.look():
        assert time.monotonic() < deadline, prometheus.look()
        time.sleep(1)
