"""A line and a server that plays scripts, as the tests of the line use them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from providers.transport.line import Answer, HttpLine, Line
from tests.support.clouds.socket_server import Script, SocketServer, Talk, answer, serving

#: A test that fails waits no longer.
TIMEOUT_SECONDS = 60.0
#: What a test waits out; an answer that it expects must come within it, on a busy machine as well.
SHORT_SECONDS = 1.5


def ask(line: Line, url: str, *, method: str = "GET", content: bytes = b"", **headers: str) -> Answer:
    """Send one request."""
    return line.request(method, url, content=content, headers={"Accept": "x/y", **headers})


@contextmanager
def network(
    *scripts: Script, timeout_seconds: float = TIMEOUT_SECONDS, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[HttpLine, SocketServer]]:
    """Run a server and a line, and close both."""
    with serving(*scripts, tls=tls) as server:
        line = HttpLine(timeout_seconds=timeout_seconds)
        try:
            yield line, server
        finally:
            line.close()


def always(content: bytes, talk: Talk) -> None:
    """Answer every request of a connection alike."""
    while talk.read():
        talk.write(answer(content))


OK: Script = partial(always, b"{}")


def echo(talk: Talk) -> None:
    """Answer every request of a connection with its path."""
    while request := talk.read():
        talk.write(answer(request.split(b" ")[1]))
