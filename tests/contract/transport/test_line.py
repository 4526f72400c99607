"""The line to a provider on real sockets: what is sent, what is returned, and what waits."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Iterator

import httpx2
import pytest

from providers.transport import line as line_module
from providers.transport.line import HttpLine, Line, NoAnswer
from tests.support.clouds.http_handlers import HandlerLine
from tests.support.clouds.line_parts import OK, SHORT_SECONDS, TIMEOUT_SECONDS, ask, echo, network
from tests.support.clouds.socket_server import Talk, answer

GZIP = {"Content-Encoding": "gzip"}
#: Path, status, headers and content on the wire, content as it is read.
ANSWERS: list[tuple[str, int, dict[str, str], bytes, bytes]] = [
    ("/plain", 200, {"X-Plain": "yes"}, b'{"a":1}', b'{"a":1}'),
    ("/gzip", 200, GZIP, gzip.compress(b'{"a":2}'), b'{"a":2}'),
    ("/deflate", 200, {"Content-Encoding": "deflate"}, zlib.compress(b'{"a":3}'), b'{"a":3}'),
    ("/moved", 302, {"Location": "/plain"}, b"moved", b"moved"),
    ("/again", 503, {"Retry-After": "0"}, b"", b""),
    ("/slower", 429, {"Retry-After": "0"}, b"", b""),
    ("/nobody", 404, {}, b"{}", b"{}"),
]
#: Paths whose call ends without an answer.
FAILURES = ["/broken", "/no-gzip"]


# What the fake of other tests does like the line itself.


def _by_path(talk: Talk) -> None:
    while request := talk.read():
        path = request.split(b" ")[1].decode()
        if path == "/no-gzip":
            talk.write(answer(b"no gzip", headers="Content-Encoding: gzip\r\n"))
            continue
        found = [each for each in ANSWERS if each[0] == path]
        if not found:
            return
        _, status, headers, content, _ = found[0]
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        talk.write(answer(content, status=f"{status} Told", headers=told))


def _handler(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/no-gzip":
        return httpx2.Response(200, headers=GZIP, content=b"no gzip")
    for path, status, headers, content, _ in ANSWERS:
        if request.url.path == path:
            return httpx2.Response(status, headers=headers, content=content)
    raise httpx2.RemoteProtocolError("cut")


@pytest.fixture(params=["network", "handler"])
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Line, str]]:
    """Give each kind of line, and the address that it reaches."""
    if request.param == "handler":
        yield HandlerLine(_handler), "http://cloud.test"
        return
    with network(_by_path) as (line, server):
        yield line, server.url


@pytest.mark.parametrize(("path", "status", "headers", "content"), [(*each[:3], each[4]) for each in ANSWERS])
def test_an_answer_is_returned_as_it_is(
    told: tuple[Line, str], path: str, status: int, headers: dict[str, str], content: bytes
) -> None:
    """Whatever its status: nothing is followed or tried again; names of headers have no case."""
    line, url = told
    response = ask(line, url + path)
    assert (response.status, response.content) == (status, content)
    for name, value in headers.items():
        assert response.headers[name] == response.headers[name.upper()] == value
        assert response.headers.get(name.lower(), "") == value
    assert response.headers.get("absent", "") == ""


@pytest.mark.parametrize("path", FAILURES)
def test_no_answer_is_one_error(told: tuple[Line, str], path: str) -> None:
    """A connection that breaks and a body that can't be decoded are no answer, told with a name."""
    line, url = told
    with pytest.raises(NoAnswer) as caught:
        ask(line, url + path)
    assert caught.value.code.isidentifier()


# What goes over the wire.


def test_a_request_is_sent_as_it_was_worded() -> None:
    """Target, headers and body arrive; a read has no body, and one connection serves both."""
    with network(OK) as (line, server):
        ask(line, f"{server.url}/a%20b?$filter=c%27d", Authorization="Bearer t")
        ask(line, f"{server.url}/e", method="POST", content=b'{"f":1}')
    read, effect = (request.decode() for request in server.requests)
    assert read.startswith(f"GET /a%20b?$filter=c%27d HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n")
    assert "\r\nUser-Agent: planswitch\r\n" in read
    assert "\r\nAccept-Encoding: gzip, deflate\r\n" in read
    assert "\r\nAuthorization: Bearer t\r\n" in read
    assert "content-length" not in read.lower()
    assert effect.startswith("POST /e HTTP/1.1\r\n")
    assert effect.endswith('\r\n\r\n{"f":1}')
    assert server.connections == 1


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "a\r\n b", "a\x00", "ä"])
def test_a_header_cannot_begin_another_one(value: str) -> None:
    """A value with a line break or another sign that is not printable is refused before it is sent."""
    with network(OK) as (line, server), pytest.raises(NoAnswer, match="InvalidHeader"):
        ask(line, server.url, Authorization=value)
    assert (server.requests, server.connections) == ([], 0)


def test_threads_share_connections_and_get_their_own_answers() -> None:
    """Every thread reads what it asked for, over no more connections than threads."""
    wrong: list[bytes] = []

    def many(line: HttpLine, url: str, name: str) -> None:
        for number in range(30):
            path = f"/{name}/{number}"
            content = ask(line, url + path).content
            if content != path.encode():
                wrong.append(content)

    with network(echo) as (line, server):
        threads = [threading.Thread(target=many, args=(line, server.url, f"t{each}")) for each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (wrong, len(server.requests)) == ([], 240)
    assert server.connections <= 8


def test_more_calls_than_connections_wait_and_then_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call waits for a free place as long as for an answer, and sends nothing when none became free."""
    monkeypatch.setattr(line_module, "CONNECTIONS_MAX", 1)
    come, go_on = threading.Event(), threading.Event()

    def slow(talk: Talk) -> None:
        talk.read()
        come.set()
        talk.write(b"HTTP/1.1 200 OK\r\n")
        while not go_on.wait(SHORT_SECONDS / 3):  # never silent for long
            talk.write(b"X-More: 1\r\n")
        talk.write(b"Content-Length: 0\r\n\r\n")
        OK(talk)

    with network(slow, OK, timeout_seconds=SHORT_SECONDS) as (line, server):
        first = threading.Thread(target=ask, args=(line, server.url))
        first.start()
        assert come.wait(TIMEOUT_SECONDS)
        with pytest.raises(NoAnswer, match="EmptyPoolError"):
            ask(line, server.url)
        assert len(server.requests) == 1
        go_on.set()
        first.join()
        assert ask(line, server.url).status == 200
        assert server.connections == 1
