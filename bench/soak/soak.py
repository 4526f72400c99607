"""`./run bench soak --minutes 120 --result FILE`: a stack under load, looked at every half minute.

The file gets a line for each look as it comes, and a summary every ten minutes and at the end: whoever ends
the program early loses nothing. `--summary` reads the file and starts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.base.processes import processor_seconds
from bench.soak import record
from bench.soak.load import Load
from bench.soak.process_figures import process_figures
from bench.soak.servers import WebhookReceiver, mail_server, webhook_receiver
from bench.soak.summary import summary_of
from ops.base.database_settings import DATABASE_ROLE_VARIABLES
from ops.base.log import configure_logging
from ops.base.settings import ENVIRONMENT_PREFIX
from ops.processes.processes import LOOPBACK
from ops.stack.embedded import Ports, embedded_stack
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.supervisor import Stack
from projections.running.rebuild import rebuild
from store.roles.role import DatabaseRole
from store.vault.secret_files import read_secret

SAMPLE_SECONDS = 30.0
SUMMARY_SAMPLES = 20
#: Whatever has begun ends within this time: waits for retries included.
SETTLE_SECONDS = 600.0
#: Open workflows that the worker keeps in memory: the watch of each invoice stays open.
CACHED_WORKFLOWS = 40
_SETTLE_LOOK_SECONDS = 5.0


@dataclass(kw_only=True)
class _Soak:
    """One soak.

    Args:
        stack: Runs.
        load: Works on it.
        receiver: Gets its webhooks.
        result: File of the lines.
    """

    stack: Stack
    load: Load
    receiver: WebhookReceiver
    result: Path
    begun_at: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)

    def sample_until_over(self) -> None:
        """Look every half minute; a look that fails is a line too."""
        number = 0
        while not self.over.wait(max(0.0, self.begun_at + number * SAMPLE_SECONDS - time.monotonic())):
            number += 1
            try:
                self.write(self.sample())
            except (OSError, psycopg.Error) as error:
                self.write({"kind": "lost look", "error": f"{type(error).__name__}: {error}"})
            if number % SUMMARY_SAMPLES == 0:
                self.write(summary_of(self.result) | {"kind": "summary so far"})

    def sample(self) -> dict[str, Any]:
        """Return everything that is looked at."""
        url, address = _owner_url(self.stack), self.stack.state.urls["temporal"]
        children = self.stack.children()
        figures = {name: process_figures(process_id) for name, process_id in children.items()}
        return {
            "kind": "sample",
            "processes": {name: asdict(each) for name, each in figures.items() if each is not None},
            "processor_seconds": processor_seconds(children),
            "rows": record.rows(url),
            "connections": record.connections(url),
            "open_workflows": record.open_workflows(address),
            "load": dict(self.load.counts) | {"switches": len(self.load.started)},
            "webhooks_taken": len(self.receiver.taken),
            "load_average": os.getloadavg()[0],
        }

    def write(self, facts: dict[str, Any]) -> None:
        """Add a line to the file."""
        seconds = round(time.monotonic() - self.begun_at, 1)
        line = {"at": datetime.now(UTC).isoformat(), "seconds": seconds, **facts}
        with self.result.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def settle(self) -> None:
        """Wait until every switch has ended and everything was sent."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            url = _owner_url(self.stack)
            waiting = sum(record.rows(url)[table] for table in record.WAITING)
            if not record.outcomes(url).get("open") and not waiting:
                return
            time.sleep(_SETTLE_LOOK_SECONDS)

    def end(self) -> dict[str, Any]:
        """Return what referee, record and read models say when all is over."""
        url = _owner_url(self.stack)
        ended = {
            "kind": "end",
            "started": len(self.load.started),
            "outcomes": record.outcomes(url),
            "rows": record.rows(url),
            "streams_with_holes": record.streams_with_holes(url),
            "undelivered_webhooks": record.undelivered_webhooks(url),
            "webhooks_taken": len(self.receiver.taken),
            "referee": {name: figure for name, figure in self.load.verdict().items() if name != "by_actor"},
        }
        # Every event folded again from the first one on, and compared with what the projector has built.
        report = rebuild(url, accept_differences=True)
        return ended | {"differences": report.differences, "dead_letters": report.dead_letters}


def main(arguments: list[str]) -> int:
    """Run a soak, or summarize one; return 1 where something grew, was lost or went wrong."""
    parser = argparse.ArgumentParser(prog="./run bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0, help="how long the load lasts")
    parser.add_argument("--result", type=Path, required=True, help="file that gets a line for each look")
    parser.add_argument("--scale", type=float, default=1.0, help="how many times the usual load")
    parser.add_argument("--keep", type=Path, help="run in this folder, and keep it")
    parser.add_argument("--summary", action="store_true", help="run nothing; tell what the file holds")
    wanted = parser.parse_args(arguments)
    if not wanted.summary:
        _run(wanted)
    summary = summary_of(wanted.result)
    print(json.dumps(summary, indent=2))
    return 0 if summary["is_flat"] and not summary["problems"] else 1


def _run(wanted: argparse.Namespace) -> None:
    configure_logging(json=True, level="WARNING")
    with _folder(wanted.keep) as folder, mail_server() as mail_port, webhook_receiver() as receiver:
        _configure(mail_port)
        with embedded_stack(folder, Ports.free()) as stack:
            load = Load(
                console_url=stack.state.urls["console"],
                key=read_secret(Path(stack.state.api_key_file), name="the operator's API key"),
                sandbox_url=stack.state.urls["sandbox"],
                webhook_url=receiver.url,
                scale=wanted.scale,
            )
            soak = _Soak(stack=stack, load=load, receiver=receiver, result=wanted.result)
            soak.write({"kind": "begin", "minutes": wanted.minutes, "scale": wanted.scale})
            _soak(soak, wanted.minutes)
            load.close()


def _soak(soak: _Soak, minutes: float) -> None:
    sampler = threading.Thread(target=soak.sample_until_over)
    soak.load.prepare()
    sampler.start()
    try:
        soak.load.run(soak.begun_at + 60 * minutes)
    finally:
        soak.over.set()
        sampler.join()
    soak.settle()
    soak.write(soak.end())
    soak.write(summary_of(soak.result) | {"kind": "summary"})


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    folder = kept or temporary_data_folder("planswitch-soak-")
    try:
        yield folder
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def _configure(mail_port: int) -> None:
    """Let worker and console, which take over this environment, send to the servers of the soak."""
    settings = {
        "KEEP_ACCOUNT": "true",
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(mail_port),
        "SMTP_SECURITY": "plain",
        "SMTP_FROM": "planswitch@example.com",
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
        # Full within the first half hour, so that what grows afterwards is not the watches of invoices.
        "WORKER_CACHED_WORKFLOWS": str(CACHED_WORKFLOWS),
    }
    os.environ.update({f"{ENVIRONMENT_PREFIX}{name}": value for name, value in settings.items()})


def _owner_url(stack: Stack) -> str:
    return stack.state.environment[DATABASE_ROLE_VARIABLES[DatabaseRole.OWNER]]
