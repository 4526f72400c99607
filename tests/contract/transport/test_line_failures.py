"""Calls without an answer, on real sockets: each is told so, and the server saw its request once at most."""

from __future__ import annotations

import ctypes
import socket
import threading

import pytest

from providers.transport import whole_heads
from providers.transport.line import HttpLine, NoAnswer
from tests.support.clouds.line_parts import OK, SHORT_SECONDS, TIMEOUT_SECONDS, ask, echo, network
from tests.support.clouds.socket_server import Script, Talk, answer


def test_a_refused_connection_is_no_answer() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    line = HttpLine(timeout_seconds=TIMEOUT_SECONDS)
    with pytest.raises(NoAnswer, match="NewConnectionError"):
        ask(line, f"http://127.0.0.1:{port}/")
    line.close()


def _closed_before(talk: Talk) -> None:
    talk.read()


def _reset_before(talk: Talk) -> None:
    talk.read()
    talk.reset()


def _closed_within(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")


def _closed_within_chunk(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{}")


def _closed_within_status(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200")


def _closed_within_head(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")


def _closed_within_header(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDa")


def _no_header(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}")


def _bad_chunk(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")


def _two_lengths(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1\r\n\r\n{}")


def _no_http(talk: Talk) -> None:
    talk.read()
    talk.write(b"SSH-2.0-server\r\n\r\n")


def _long_header(talk: Talk) -> None:
    talk.read()
    talk.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n")


def _no_gzip(talk: Talk) -> None:
    talk.read()
    talk.write(answer(b"no gzip", headers="Content-Encoding: gzip\r\n"))


BREAKS = [
    _closed_before,
    _reset_before,
    _closed_within,
    _closed_within_chunk,
    _closed_within_status,
    _closed_within_head,
    _closed_within_header,
    _no_header,
    _bad_chunk,
    _two_lengths,
    _no_http,
    _long_header,
    _no_gzip,
]


@pytest.mark.parametrize("script", BREAKS)
@pytest.mark.parametrize("is_kept", [False, True], ids=["first", "kept"])
def test_a_broken_answer_is_no_answer(script: Script, *, is_kept: bool) -> None:
    """On a new connection as on a kept one; the request is sent once and its connection not used again."""

    def after_one(talk: Talk) -> None:
        talk.read()
        talk.write(answer(b"{}"))
        script(talk)

    with network(after_one if is_kept else script, OK) as (line, server):
        if is_kept:
            ask(line, f"{server.url}/first")
        with pytest.raises(NoAnswer):
            ask(line, f"{server.url}/broken", method="POST", content=b"{}")
        assert len([each for each in server.requests if b"/broken" in each]) == 1
        assert server.connections == 1
        assert ask(line, f"{server.url}/next").content == b"{}"
        assert server.connections == 2


def test_what_is_no_http_is_told_as_such() -> None:
    """The record names what came, and no trouble of our own while closing."""
    with network(_no_http) as (line, server), pytest.raises(NoAnswer, match="ProtocolError"):
        ask(line, server.url)


@pytest.mark.parametrize("content", [b"{}", b"x" * 20_000_000], ids=["small", "large"])
def test_a_kept_connection_that_is_closed_under_the_request_is_no_answer(content: bytes) -> None:
    """The server resets while the request is written: it may have read it, so nothing is sent again."""

    def reset_under(talk: Talk) -> None:
        talk.read()
        talk.write(answer(b"{}"))
        talk.look()
        talk.reset()

    with network(reset_under, OK) as (line, server):
        ask(line, f"{server.url}/first")
        with pytest.raises(NoAnswer):
            ask(line, f"{server.url}/second", method="POST", content=content)
        assert (len(server.requests), server.connections) == (1, 1)


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_anew() -> None:
    """Nothing was sent on the old one: the server sees the request once."""

    def once(talk: Talk) -> None:
        talk.read()
        talk.write(answer(b"{}"))

    with network(once, OK) as (line, server):
        ask(line, f"{server.url}/first")
        assert server.closed.wait(TIMEOUT_SECONDS)
        assert ask(line, f"{server.url}/second").status == 200
        assert [each.split(b" ")[1] for each in server.requests] == [b"/first", b"/second"]
        assert server.connections == 2


def test_a_connection_that_was_idle_for_long_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands between may have dropped it without a word, which would cost a call its whole time-out."""
    monkeypatch.setattr(whole_heads, "IDLE_MAX_SECONDS", 0.0)
    with network(OK) as (line, server):
        ask(line, server.url)
        ask(line, server.url)
        assert server.connections == 2


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"], ids=["all", "body"]
)
def test_silence_is_no_answer_after_the_time_out(begin: bytes) -> None:
    """Before the answer as within its body; the connection is not used again."""

    def silent(talk: Talk) -> None:
        talk.read()
        talk.write(begin)
        talk.read()

    with network(silent, OK, timeout_seconds=SHORT_SECONDS) as (line, server):
        with pytest.raises(NoAnswer, match="ReadTimeoutError"):
            ask(line, f"{server.url}/silent")
        assert len(server.requests) == 1
        assert ask(line, f"{server.url}/next").status == 200
        assert server.connections == 2


@pytest.mark.parametrize("status", ["103 Early Hints", "102 Processing"])
def test_interim_answers_are_read_over(status: str) -> None:
    """The final answer belongs to its request, and the next request of the connection gets its own."""

    def interim(talk: Talk) -> None:
        while request := talk.read():
            talk.write(2 * f"HTTP/1.1 {status}\r\nLink: x\r\n\r\n".encode())
            talk.write(answer(request.split(b" ")[1]))

    with network(interim) as (line, server):
        first, second = ask(line, f"{server.url}/first"), ask(line, f"{server.url}/second")
        assert (first.status, first.content, second.content) == (200, b"/first", b"/second")
        assert "Link" not in first.headers
        assert server.connections == 1


@pytest.mark.parametrize(("status", "times"), [("101 Switching Protocols", 1), ("103 Early Hints", 20)])
def test_interim_answers_without_end_are_no_answer(status: str, times: int) -> None:
    """Neither another protocol nor a server that has lost its way is waited for; nothing is shifted."""

    def interim(talk: Talk) -> None:
        talk.read()
        talk.write(times * f"HTTP/1.1 {status}\r\nLink: x\r\n\r\n".encode())
        talk.look()

    with network(interim, echo) as (line, server):
        with pytest.raises(NoAnswer, match="ProtocolError"):
            ask(line, f"{server.url}/first")
        assert ask(line, f"{server.url}/second").content == b"/second"


def test_a_thread_that_is_broken_off_leaves_no_half_read_connection() -> None:
    """A cancelled activity's error is passed on as it is; the next call has a connection of its own."""
    begun, go_on = threading.Event(), threading.Event()
    ends: list[BaseException] = []

    def halves(talk: Talk) -> None:
        talk.read()
        talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        begun.set()
        go_on.wait(TIMEOUT_SECONDS)
        talk.write(b"cd")
        talk.read()

    def call(line: HttpLine, url: str) -> None:
        try:
            ask(line, url)
        except BaseException as error:  # noqa: BLE001 - this is what the test is about
            ends.append(error)

    with network(halves, echo) as (line, server):
        thread = threading.Thread(target=call, args=(line, f"{server.url}/first"))
        thread.start()
        assert begun.wait(TIMEOUT_SECONDS)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(KeyboardInterrupt)
        )
        go_on.set()
        thread.join(TIMEOUT_SECONDS)
        assert [type(each) for each in ends] == [KeyboardInterrupt]
        assert ask(line, f"{server.url}/second").content == b"/second"
        assert server.connections == 2


def test_a_closed_line_sends_nothing() -> None:
    """After the end there is no call any more."""
    with network(OK) as (line, server):
        ask(line, server.url)
        line.close()
        with pytest.raises(NoAnswer, match="ClosedPoolError"):
            ask(line, server.url)
        assert len(server.requests) == 1
