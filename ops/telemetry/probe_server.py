"""Probes of one process over HTTP: `/live`, `/ready` and `/metrics` (docs/metrics.md#probes).

They are answered by a thread of their own, so that a process whose work hangs can be told from one that is
gone. Nothing asks for a key: the server listens on loopback by itself, and answers nothing secret.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from ops.processes.errors import PortInUse
from store.health.process_health import MissingPart, ProcessHealth

#: Port of the probes of each process, where the settings name none.
PROBE_PORTS = {"worker": 8541, "serve": 8542, "project": 8543, "sealer": 8544}
#: Longest silence of a client; a half-open request must not hold a thread.
_CLIENT_SECONDS = 5.0
_JSON = "application/json"
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbedProcess:
    """What the probes of a process answer by."""

    #: Its command, such as `worker`.
    name: str
    health: ProcessHealth
    #: Returns what is missing beside what `health` knows; asked at each look at `/ready`.
    check: Callable[[], tuple[MissingPart, ...]]
    #: Returns the figures in the text format of Prometheus.
    figures: Callable[[], bytes]


@contextmanager
def answering_probes(process: ProbedProcess, *, host: str, port: int | None) -> Iterator[str]:
    """Answer probes while the block runs, and yield the address; "" where the port is 0, which turns it off.

    Args:
        process: What is answered.
        host: Address on which to listen.
        port: Port; None takes that of PROBE_PORTS, or any free one where a second process has it.

    Raises:
        PortInUse: Another program has the port that was named, or the address is none of this machine.
    """
    if port == 0:
        yield ""
        return
    server = _bound(process, host, port)
    address = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=partial(server.serve_forever, 0.2), name="probes", daemon=True)
    thread.start()
    _log.info("probes_answered", process=process.name, address=address)
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """A server whose faults are lines of the log."""

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Write that a probe was not answered: its client went away, or a figure could not be read."""
        _log.warning("probe_not_answered", exc_info=True)


def _bound(process: ProbedProcess, host: str, port: int | None) -> ThreadingHTTPServer:
    handler = partial(_Handler, process)
    wanted = PROBE_PORTS[process.name] if port is None else port
    try:
        return _Server((host, wanted), handler)
    except OSError as error:
        if port is not None:
            raise PortInUse(
                f"The probes of {process.name} can't listen on {host} port {port}: {error.strerror}.",
                remedy="Set PLANSWITCH_PROBE_PORT and PLANSWITCH_PROBE_HOST to an address that is free; port "
                "0 turns probes off.",
                port=port,
            ) from error
        server = _Server((host, 0), handler)
        _log.warning("probe_port_taken", process=process.name, port=wanted, taken_instead=server.server_port)
        return server


class _Handler(BaseHTTPRequestHandler):
    """Answers one request and ends the connection."""

    timeout: ClassVar[float] = _CLIENT_SECONDS
    server_version = "planswitch"
    sys_version = ""

    def __init__(self, process: ProbedProcess, *args: Any) -> None:
        self._process = process
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a probe."""
        answers = {"/live": self._live, "/ready": self._ready, "/metrics": self._metrics}
        answer = answers.get(self.path.split("?", 1)[0])
        if answer is None:
            facts = {"code": "NOT_FOUND", "remedy": "Ask for /live, /ready or /metrics."}
            self._tell(HTTPStatus.NOT_FOUND, facts)
        else:
            answer()

    def _live(self) -> None:
        health = self._process.health
        status = HTTPStatus.OK if health.is_alive else HTTPStatus.SERVICE_UNAVAILABLE
        word = "alive" if health.is_alive else "hangs"
        seconds = round(health.round_age_seconds, 1)
        self._tell(status, {"process": self._process.name, "status": word, "round_age_seconds": seconds})

    def _ready(self) -> None:
        missing = (*self._process.health.missing(), *self._process.check())
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        word = "not_ready" if missing else "ready"
        parts = [asdict(each) for each in missing]
        self._tell(status, {"process": self._process.name, "status": word, "missing": parts})

    def _metrics(self) -> None:
        self._send(HTTPStatus.OK, self._process.figures(), CONTENT_TYPE_LATEST)

    def _tell(self, status: HTTPStatus, facts: dict[str, Any]) -> None:
        self._send(status, json.dumps(facts).encode(), _JSON)

    def _send(self, status: HTTPStatus, content: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Write nothing: probes come every few seconds."""
