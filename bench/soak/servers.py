"""What a stack sends to in a soak: a receiver of webhooks that fails now and then, and a mail server."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ops.processes.processes import LOOPBACK, free_port, is_port_open

#: One request of so many is answered with 503, and comes again.
FAILED_OF = 25
_START_SECONDS = 30.0


@dataclass(kw_only=True)
class WebhookReceiver:
    """A running receiver."""

    url: str = ""
    requests: int = 0
    #: Ids of the messages that were taken.
    taken: set[str] = field(default_factory=set)


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """Run a receiver on this machine."""
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take a message, or fail."""
            self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests += 1
            is_failed = receiver.requests % FAILED_OF == 0
            if not is_failed:
                receiver.taken.add(self.headers["webhook-id"])
            self.send_response(503 if is_failed else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://{LOOPBACK}:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mail_server() -> Iterator[int]:
    """Run a mail server that takes everything and keeps nothing; yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{LOOPBACK}:{port}"]
    process = subprocess.Popen([*command, "-c", "aiosmtpd.handlers.Sink"])
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_port_open(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the mail server did not come up")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()
