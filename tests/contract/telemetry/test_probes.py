"""Probes and figures over real HTTP (docs/metrics.md#probes)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from ops.processes.errors import PortInUse
from ops.processes.processes import LOOPBACK, free_port
from ops.telemetry.probe_server import ProbedProcess, answering_probes
from ops.telemetry.process_figures import Figure, ProcessFigures
from ops.telemetry.sdk_runtime import sdk_figures
from providers.transport.call_figures import count_call
from store.health.process_health import ROUND_SECONDS_MAX, MissingPart, ProcessHealth

DATABASE = MissingPart(part="event store", code="STORE_UNAVAILABLE", detail="is away", remedy="Start it.")


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def _probed(health: ProcessHealth, *missing: MissingPart) -> Iterator[str]:
    share = Figure(name="planswitch_quota_used_share", meaning="Of a test.", read=lambda: 0.25)
    figures = ProcessFigures("worker", health, figures=(share,), others=(sdk_figures,))
    process = ProbedProcess(name="worker", health=health, check=lambda: missing, figures=figures)
    with answering_probes(process, host=LOOPBACK, port=free_port()) as address:
        yield address


def _get(address: str, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_readiness_says_what_is_missing() -> None:
    """A process that lacks a part is alive and not ready, and names part, code and remedy."""
    health = ProcessHealth()
    health.works()
    with _probed(health, DATABASE) as address:
        status, text = _get(address, "/ready")
        assert (status, json.loads(text)["missing"][0]["code"]) == (503, "STORE_UNAVAILABLE")
        assert _get(address, "/live")[0] == 200
    with _probed(health) as address:
        assert _get(address, "/ready")[0] == 200


def test_a_process_that_hangs_is_told_from_one_that_works() -> None:
    """The probe's own thread answers 503 for work that does not go round."""
    clock = _Clock()
    health = ProcessHealth(clock=clock)
    with _probed(health) as address:
        assert _get(address, "/live")[0] == 200
        clock.now = ROUND_SECONDS_MAX + 1
        status, text = _get(address, "/live")

    assert (status, json.loads(text)["status"]) == (503, "hangs")


def test_one_address_has_the_figures_of_process_calls_and_sdk() -> None:
    """`/metrics` answers in the format of Prometheus: own gauges, provider calls, and the SDK's."""
    count_call(provider="seller", operation="orders", meaning="throttled", seconds=0.2)
    with _probed(ProcessHealth()) as address:
        status, text = _get(address, "/metrics")

    assert status == 200
    assert 'planswitch_process_ready{process="worker"} 0.0' in text
    assert "planswitch_quota_used_share 0.25" in text
    assert "process_resident_memory_bytes" in text
    assert 'planswitch_provider_calls_total{meaning="throttled",operation="orders",provider="seller"}' in text
    assert 'planswitch_provider_call_seconds_bucket{le="0.25",operation="orders",provider="seller"}' in text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/", 404), ("GET", "/../etc/passwd", 404), ("POST", "/live", 501)]
)
def test_nothing_else_is_answered(method: str, path: str, status: int) -> None:
    """Another path is 404 with a remedy, and another method is refused."""
    with _probed(ProcessHealth()) as address:
        assert _get(address, path, method)[0] == status


def test_a_half_open_request_keeps_nobody_else_waiting() -> None:
    """Somebody who sends nothing holds one thread for some seconds, and the next probe is answered."""
    with (
        _probed(ProcessHealth()) as address,
        socket.create_connection((LOOPBACK, urlsplit(address).port or 0), timeout=10),
    ):
        assert _get(address, "/live")[0] == 200


def test_a_named_port_that_is_taken_is_an_error_and_the_usual_one_is_not() -> None:
    """Whoever names a port gets that one or `PORT_IN_USE`; a second worker beside a first takes any."""
    process = ProbedProcess(name="worker", health=ProcessHealth(), check=lambda: (), figures=lambda: b"")
    with answering_probes(process, host=LOOPBACK, port=free_port()) as first:
        port = urlsplit(first).port
        with pytest.raises(PortInUse) as refused, answering_probes(process, host=LOOPBACK, port=port):
            pass
        assert "PLANSWITCH_PROBE_PORT" in refused.value.remedy
    with (
        answering_probes(process, host=LOOPBACK, port=None) as usual,
        answering_probes(process, host=LOOPBACK, port=None) as other,
    ):
        assert usual != other
    with answering_probes(process, host=LOOPBACK, port=0) as off:
        assert off == ""
