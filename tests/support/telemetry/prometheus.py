"""A real Prometheus over real processes, with the alerts of the repository."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import yaml

from ops.processes.processes import LOOPBACK, free_port, is_answering, start_child, stop_child

RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "rules.yml"
POLL_SECONDS = 0.5
START_SECONDS_MAX = 60.0
_STOP_SECONDS_MAX = 20.0


class Prometheus:
    """A running server, and every alert that has fired.

    Args:
        port: Of loopback.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        #: Names of the alerts that have fired so far.
        self.fired: set[str] = set()

    def ask(self, path: str) -> Any:
        """Return the data of an answer of the API."""
        connection = HTTPConnection(LOOPBACK, self._port, timeout=10)
        try:
            connection.request("GET", f"/api/v1/{path}")
            return json.loads(connection.getresponse().read())["data"]
        finally:
            connection.close()

    def look(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        firing = {
            each["labels"]["alertname"] for each in self.ask("alerts")["alerts"] if each["state"] == "firing"
        }
        self.fired |= firing
        return firing

    def wait_for(self, names: set[str], *, seconds: float) -> None:
        """Wait until each alert has fired."""
        deadline = time.monotonic() + seconds
        while not names <= self.fired:
            self.look()
            if time.monotonic() > deadline:
                raise AssertionError(f"did not fire: {sorted(names - self.fired)}; fired: {self.fired}")
            time.sleep(POLL_SECONDS)

    def wait_until_quiet(self, *, seconds: float) -> None:
        """Wait until every target is scraped and no alert fires."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            targets = self.ask("targets")["activeTargets"]
            if all(each["health"] == "up" for each in targets) and not self.look():
                self.fired.clear()
                return
            time.sleep(POLL_SECONDS)
        raise AssertionError(self.look())


@contextmanager
def running_prometheus(program: Path, folder: Path, targets: Sequence[str]) -> Iterator[Prometheus]:
    """Scrape targets each second, and evaluate the alerts of the repository as often, without their delay.

    Args:
        program: The server.
        folder: Holds its data.
        targets: Addresses without a scheme.
    """
    folder.mkdir(parents=True)
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for each in (rule for group in rules["groups"] for rule in group["rules"]):
        # The expressions stay as they are.
        each["for"] = "0s"
    (folder / "rules.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    scrape = {"job_name": "planswitch", "static_configs": [{"targets": list(targets)}]}
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [scrape],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port, log = free_port(), folder / "prometheus.log"
    command: list[str | Path] = [program, f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={LOOPBACK}:{port}"]
    process = start_child(command, log_file=log)
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not is_answering(port, "/-/ready"):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(POLL_SECONDS)
        yield Prometheus(port)
    finally:
        stop_child(process, signal_number=signal.SIGTERM, timeout_seconds=_STOP_SECONDS_MAX)
