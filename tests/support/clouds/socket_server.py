"""A server that plays a script on each connection: for what a healthy HTTP server never does."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: Longest time that a script waits; a test that fails must end.
SCRIPT_SECONDS = 120.0
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


def answer(content: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    """Return an answer as it is on the wire, its connection kept."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    return head.encode() + content


@dataclass(kw_only=True)
class SocketServer:
    """What a test sees of the server."""

    port: int
    #: Whole requests, in the order in which they were read.
    requests: list[bytes] = field(default_factory=list)
    #: How many connections were accepted.
    connections: int = 0
    #: Set when a script has ended and its connection is closed.
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"


class Talk:
    """The server's side of one connection."""

    def __init__(self, server: SocketServer, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection

    def read(self) -> bytes:
        """Return the next whole request, b"" when the client left."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self._connection.recv(65_536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            body += self._connection.recv(65_536)
        request = head + b"\r\n\r\n" + body
        self._server.requests.append(request)
        return request

    def look(self) -> None:
        """Wait until something comes, and leave it there."""
        self._connection.recv(1, socket.MSG_PEEK)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._connection.sendall(data)

    def reset(self) -> None:
        """Close without a farewell, at the end of the script."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)


Script = Callable[[Talk], None]


@contextmanager
def serving(*scripts: Script, tls: ssl.SSLContext | None = None) -> Iterator[SocketServer]:
    """Serve each connection by the next script; the last one serves all that come after it."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = SocketServer(port=listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket, script: Script) -> None:
        with suppress(OSError), connection:
            connection.settimeout(SCRIPT_SECONDS)
            if tls is None:
                script(Talk(server, connection))
                return
            with tls.wrap_socket(connection, server_side=True) as secured:
                script(Talk(server, secured))

    def serve_and_tell(connection: socket.socket, script: Script) -> None:
        try:
            serve(connection, script)
        finally:
            server.closed.set()

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            script = scripts[min(server.connections, len(scripts) - 1)]
            server.connections += 1
            threads.append(threading.Thread(target=serve_and_tell, args=(connection, script)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join(SCRIPT_SECONDS)
