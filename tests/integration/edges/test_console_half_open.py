"""Requests that never end, or never begin, and headers without an end, over real sockets."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.routing import APIRoute

from console.app import ROUTERS, create_app
from console.edge import body_limits, http_protocol
from console.edge.body_limits import OPEN_PATHS
from console.edge.http_protocol import HEADER_BYTES_MAX
from console.server import open_dependencies, server_config
from ops.base.settings import load_settings
from projections.running.schema import create
from store.migrate import migrate
from store.vault.keys import FileKeyProvider
from tests.support.consoles.served_console import KEY, Answer, answer_of, ask, connection, request_head
from tests.support.worlds.signing import key_file

START_SECONDS = 60.0
PATIENCE_SECONDS = 1.0
#: A little more than httpx keeps a connection that it does not use.
CLIENT_REST_SECONDS = 5.5
WITH_KEY = {"X-API-Key": KEY}
LONG = {"Content-Length": "1000"}


@pytest.fixture(name="server")
def _server(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[uvicorn.Server, int]]:
    """Yield a console with little patience, and its port."""
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(http_protocol, "MESSAGE_SECONDS", 2 * PATIENCE_SECONDS)
    monkeypatch.setattr(body_limits, "BODY_SECONDS", PATIENCE_SECONDS)
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(tmp_path / "master.key")
    settings = load_settings(
        data_dir=tmp_path,
        database_url=database_url,
        master_key_file=tmp_path / "master.key",
        command_key_file=key_file(tmp_path),
        api_key=KEY,
    )
    with open_dependencies(settings) as dependencies:
        server = uvicorn.Server(
            server_config(create_app(dependencies), settings.model_copy(update={"api_port": 0}))
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield server, server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


Server = tuple[uvicorn.Server, int]
#: What is sent, and how a connection ends that sends no more: status 0 is an end without a word.
HALVES = [
    (b"", 0),
    (b"\r\n\r\n", 408),
    (b"GET /api/he", 408),
    (b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: 1", 408),
    (request_head("POST", "/api/quotes", {**LONG, **WITH_KEY}) + b'{"organ', 408),
    (request_head("POST", "/api/quotes", LONG) + b'{"organ', 401),
    (request_head("POST", "/sign-in", LONG) + b"key=", 408),
    (request_head("POST", "/api/callbacks/credit", LONG) + b"{", 408),
]


@pytest.mark.parametrize(("sent", "status"), HALVES)
def test_half_a_request_ends_in_time(server: Server, sent: bytes, status: int) -> None:
    """A connection whose request never ends is answered, if it began, and closed."""
    running, port = server
    with connection(port) as made:
        made.sendall(sent)
        assert answer_of(made).status == status
        assert made.recv(1) == b""
    wait_until_none(running)


def test_no_route_waits_for_the_body_of_a_stranger(server: Server) -> None:
    """Addresses refuse strangers by the headers alone; at two of them the body proves who it is."""
    _, port = server
    changes = [
        (method, re.sub(r"{[^}]+}", "12345678", route.path))
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - {"GET", "HEAD"}
    ]
    assert len(changes) > 25
    for method, path in changes:
        with connection(port) as made:
            made.sendall(request_head(method, path, LONG))
            assert (path in OPEN_PATHS) is (answer_of(made).status != 401), path


def test_a_trickle_ends_as_well(server: Server) -> None:
    """Who sends a byte now and then is waited for no longer than who sends none."""
    running, port = server
    with connection(port) as made:
        began = time.monotonic()
        answer = trickled(made, b"GET /api/health HTTP/1.1\r\nX-Slow: ")
        assert (answer.status, answer.document["code"]) == (408, "REQUEST_TIMED_OUT")
        assert time.monotonic() - began < START_SECONDS
    wait_until_none(running)


def test_a_client_that_rests_keeps_its_connection(server: Server) -> None:
    """The server does not close a connection that a usual client, after five seconds, still uses."""
    _, port = server
    with connection(port) as made:
        for _ in range(2):
            made.sendall(request_head("GET", "/api/health", {}))
            assert answer_of(made).status == 200
            time.sleep(CLIENT_REST_SECONDS)


def trickled(made: socket.socket, begin: bytes) -> Answer:
    """Send a byte again and again until the server has had enough, and return its answer."""
    made.sendall(begin)
    made.settimeout(0.05)
    for _ in range(2_000):
        try:
            if made.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            made.sendall(b"x")
    made.settimeout(START_SECONDS)
    return answer_of(made)


def wait_until_none(running: uvicorn.Server) -> None:
    """Wait until the server holds no connection."""
    deadline = time.monotonic() + START_SECONDS
    while running.server_state.connections:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_connection_is_used_again_after_an_answer(server: Server) -> None:
    """Patience is for each request: several on one connection are answered."""
    _, port = server
    with connection(port) as made:
        for _ in range(5):
            made.sendall(request_head("GET", "/api/health", {}))
            assert answer_of(made).status == 200
            time.sleep(PATIENCE_SECONDS / 2)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
@pytest.mark.parametrize("begin", [b"GET /api/health HTTP/1.1\r\nX-Long: ", b"GET /api/health?"])
def test_headers_that_are_too_long_are_refused(server: Server, begin: bytes, end: bytes) -> None:
    """Headers and request lines have a size, whether they end or not."""
    _, port = server
    with connection(port) as made:
        tail = b"" if begin.endswith(b": ") else b" HTTP/1.1\r\nHost: x"
        made.sendall(begin + b"a" * (HEADER_BYTES_MAX + 100) + (tail + end if end else b""))
        answer = answer_of(made)

    assert (answer.status, answer.document["code"]) == (431, "HEADERS_TOO_LARGE")
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_no_request_is_refused_in_our_own_form(server: Server) -> None:
    """Bytes that are no HTTP get a problem document as everybody else."""
    _, port = server
    with connection(port) as made:
        made.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        answer = answer_of(made)

    assert (answer.status, answer.document["code"]) == (400, "REQUEST_UNREADABLE")


def test_console_answers_while_many_requests_are_half_open(server: Server) -> None:
    """Half-open requests take nobody's turn, and are gone after a while."""
    running, port = server
    made = [connection(port) for _ in range(200)]
    opened = [each.__enter__() for each in made]
    try:
        for each in opened:
            each.sendall(b"POST /api/quotes HTTP/1.1\r\nHost: x\r\n")
        assert ask(port, "GET", "/api/switches", headers=WITH_KEY).status == 200
        wait_until_none(running)
    finally:
        for each in opened:
            each.close()
