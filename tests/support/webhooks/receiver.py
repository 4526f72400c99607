"""A receiver of webhooks over real HTTP, which answers as a test says."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request that arrived whole."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        """Return the id of the message."""
        return self.headers["webhook-id"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the receiver answers."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Waits so long before it answers.
    late_seconds: float = 0.0
    #: Closes the connection without an answer.
    is_silent: bool = False
    #: Pause between two bytes of the body.
    drip_seconds: float = 0.0


Answerer = Callable[[Received], Reply]


@dataclass(kw_only=True)
class Receiver:
    """A running receiver."""

    url: str
    answer: Answerer
    requests: list[Received] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """Return how often each message arrived."""
        return Counter(each.webhook_id for each in tuple(self.requests))

    def verified(self, secret: str) -> list[Any]:
        """Return the payloads, each verified by the receiver's standard library."""
        return [Webhook(secret).verify(each.body, dict(each.headers)) for each in self.requests]


@contextmanager
def running_receiver(
    answer: Answerer = lambda _request: Reply(), *, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """Yield a receiver that runs on this machine.

    Args:
        answer: Decides what each request gets.
        tls: Serves HTTPS with it.
    """
    receiver = Receiver(url="", answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take a request, and answer as the test says."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(path=self.path, headers=headers, body=body)
            receiver.requests.append(request)
            _send(self, receiver.answer(request))

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.late_seconds)
    if reply.is_silent:
        handler.close_connection = True
        return
    try:
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        for start in range(len(reply.body)) if reply.drip_seconds else ():
            handler.wfile.write(reply.body[start : start + 1])
            handler.wfile.flush()
            time.sleep(reply.drip_seconds)
        if not reply.drip_seconds:
            handler.wfile.write(reply.body)
    except OSError:
        # The sender has left: what it does then is what the test looks at.
        handler.close_connection = True
