"""A receiver of the credit bureau's callbacks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from providers.reference.callback_signatures import HEADER

SECRET = b"a secret of the tests"


@dataclass
class Receiver:
    """Somebody who is called back, and answers with one status after the other."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def take(self, header: str, body: bytes) -> int:
        """Keep a callback and return how it is answered."""
        self.headers.append(header)
        self.bodies.append(body)
        return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def _receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(self.headers[HEADER], body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="receiver")
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/callback"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
