"""`python -m bench.switches.dbos_peer AT_ONCE KIND`: a switch's steps as DBOS workflows, on PostgreSQL.

Working, its steps are the product's own activities: the same saves and the same calls to the providers, run
in the process that starts the workflows, with DBOS in Temporal's place. Empty, they do nothing. It has an
event for each search-attribute upsert and a child for the license move, but neither heartbeats nor timers
nor the watch over the invoice.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from dbos import DBOS
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities import contract as steps
from activities.contract import CONFIRM_PROVISIONING, ActivitySpec, StepInput, SwitchOrder
from activities.signing.signatures import CommandKeys, sign_order
from bench.switches.peer_process import ORDERS, TOLD, Told
from ops.base.settings import Settings, load_settings
from ops.stack.postgres_server import SUPERUSER
from store.vault.secret_files import read_secret
from worker import license_activities, money_activities, open_toolbox
from workflows.base.steps import Progress

DATABASE = "dbos_peer"
RETRIES_MAX = 50
RETRY_SECONDS = 0.2
FIRST = "move"

BETWEEN_REQUEST_AND_MOVE: tuple[ActivitySpec[Any, Any], ...] = (
    steps.ORDER_REPLACEMENT,
    steps.CHECK_CREDIT,
    CONFIRM_PROVISIONING,
)
AFTER_THE_MOVE: tuple[ActivitySpec[Any, Any], ...] = (
    steps.CANCEL_SOURCE,
    steps.CUT_OVER_BILLING,
    steps.COMPLETE_SWITCH,
)


class Peer:
    """Switches as DBOS workflows.

    Args:
        activities: Name -> the product's activity; None where steps do nothing.
        keys: Of the installation; they sign each order, as the console does.
    """

    def __init__(self, activities: dict[str, Callable[..., Any]] | None, keys: CommandKeys) -> None:
        self._activities = activities
        self._keys = keys
        retried = DBOS.step(
            retries_allowed=True, max_attempts=RETRIES_MAX, interval_seconds=RETRY_SECONDS, backoff_rate=1.0
        )
        self._run: Any = retried(_function(self._step))
        self._move: Any = DBOS.workflow(name="move")(_function(self._move_licenses))
        self.switch: Any = DBOS.workflow(name="switch")(_function(self._switch))

    def _step(self, name: str, step_input: StepInput) -> Any:
        if self._activities is None:
            return None
        environment, now = ActivityEnvironment(), datetime.now(UTC)
        environment.info = replace(
            environment.info,
            activity_type=name,
            activity_id=name,
            attempt=1,
            heartbeat_timeout=None,
            scheduled_time=now,
            started_time=now,
            workflow_id=f"dbos:{step_input.order.switch_id}",
            workflow_run_id=step_input.order.switch_id,
        )
        signed = replace(step_input, order=sign_order(self._keys, step_input.order, at=now))
        return environment.run(self._activities[name], signed)

    def _switch(self, order: SwitchOrder) -> str:
        progress = Progress()
        take = partial(self._take, order, progress)
        DBOS.set_event("stage", "requested")
        take(steps.REQUEST_SWITCH)
        for spec in BETWEEN_REQUEST_AND_MOVE:
            if spec is not steps.CHECK_CREDIT:
                DBOS.set_event("stage", spec.name)
            take(spec)
        started = take(steps.START_LICENSE_MOVE)
        DBOS.set_event("stage", "moving")
        moved = DBOS.start_workflow(self._move, order, progress.positions(), started).get_result()
        progress.add(moved.saved if moved else ())
        DBOS.set_event("stage", "verifying")
        take(steps.VERIFY_MOVE, round_number=1)
        for spec in AFTER_THE_MOVE:
            DBOS.set_event("stage", spec.name)
            take(spec)
        return "completed"

    def _take(
        self, order: SwitchOrder, progress: Progress, spec: ActivitySpec[Any, Any], **fields: Any
    ) -> Any:
        step_input = spec.input_type(order=order, after=progress.positions(), **fields)
        result = self._run(spec.name, step_input)
        progress.add(result.saved if result else ())
        return result

    def _move_licenses(
        self,
        order: SwitchOrder,
        after: tuple[steps.StreamPosition, ...],
        started: steps.StartLicenseMoveResult | None,
    ) -> Any:
        stop = started.total if started else 0
        step_input = steps.MoveSliceInput(order=order, after=after, pass_name=FIRST, start=0, stop=stop)
        return self._run(steps.MOVE_SLICE.name, step_input)


def _function(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a plain function: DBOS registers no bound methods."""

    def call(*arguments: Any) -> Any:
        return method(*arguments)

    return call


def main() -> None:
    """Run the switches of each line on the standard input, and answer each with a line."""
    at_once, is_empty = int(sys.argv[1]), sys.argv[2] == "empty"
    settings = load_settings()
    with open_toolbox(settings) as toolbox:
        found = {} if is_empty else _by_name([*money_activities(toolbox), *license_activities(toolbox)])
        DBOS(config=_configuration(settings))
        peer = Peer(found or None, toolbox.command_keys)
        DBOS.launch()
        try:
            for line in sys.stdin:
                told = _timed(peer, ORDERS.validate_json(line), at_once)
                print(TOLD.dump_json(told).decode(), flush=True)
        finally:
            DBOS.destroy()


def _configuration(settings: Settings) -> Any:
    # DBOS makes its database by itself, which no role of ours may.
    server = urlsplit(settings.required_database_url())
    password = read_secret(settings.data_dir / "postgres" / "password", name="the database's password")
    user = f"{SUPERUSER}:{quote(password, safe='')}"
    return {
        "name": "planswitch-bench",
        "system_database_url": f"postgresql://{user}@{server.hostname}:{server.port}/{DATABASE}",
        "sys_db_pool_size": settings.worker_connections,
        "log_level": logging.getLevelName(logging.ERROR),
    }


def _by_name(activities: list[Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    named = ((activity._Definition.from_callable(each), each) for each in activities)  # noqa: SLF001
    return {definition.name or "": each for definition, each in named if definition}


def _timed(peer: Peer, orders: list[SwitchOrder], at_once: int) -> Told:
    def run(order: SwitchOrder) -> str:
        return str(DBOS.start_workflow(peer.switch, order).get_result())

    began, processor_began = time.perf_counter(), sum(os.times()[:2])
    with ThreadPoolExecutor(at_once) as pool:
        outcomes = list(pool.map(run, orders))
    if set(outcomes) != {"completed"}:
        raise AssertionError(outcomes)
    return Told(
        switches=len(orders),
        seconds=time.perf_counter() - began,
        processor_seconds=sum(os.times()[:2]) - processor_began,
    )


if __name__ == "__main__":
    main()
