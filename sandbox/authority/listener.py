"""A second listener of the sandbox that speaks TLS, beside the plain one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from domain.kernel.errors import InvalidInput
from sandbox.authority.certificates import HOSTS, tls_files
from sandbox.cloud.state import Sandbox


class _Beside(uvicorn.Server):
    """A server that leaves signals to the one that it runs beside."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def tls_listener(
    sandbox: Sandbox, app: ASGIApp, state_dir: Path, port: int, *, stop_seconds: int, keep_alive_seconds: int
) -> AsyncIterator[None]:
    """Serve an application over TLS too until the block ends.

    Args:
        sandbox: Learns its address.
        app: What is served.
        state_dir: Data folder of the certificates.
        port: Port on this machine; 0 takes one that is free.
        stop_seconds: How long a stop waits for requests under way.
        keep_alive_seconds: How long an idle connection stays open.

    Raises:
        InvalidInput: The port is taken.
    """
    files = tls_files(state_dir)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="off",
        ssl_certfile=str(files.server_file),
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=stop_seconds,
    )
    # Who connects before the server has begun waits in the queue of the socket.
    server, listening = _Beside(config), _listening(port)
    work = asyncio.create_task(server.serve(sockets=[listening]))
    sandbox.authority_url = f"https://{HOSTS[0]}:{listening.getsockname()[1]}"
    try:
        yield
    finally:
        sandbox.authority_url = ""
        server.should_exit = True
        _drop_idle(server)
        await asyncio.gather(work, return_exceptions=True)


def _drop_idle(server: uvicorn.Server) -> None:
    """Break connections on which nothing is under way; over TLS a client may take its time to agree."""
    for connection in list(server.server_state.connections):
        cycle = getattr(connection, "cycle", None)
        if cycle is None or cycle.response_complete:
            connection.transport.abort()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOSTS[0], port))
    except OSError as error:
        raise InvalidInput(
            field="--tls-port",
            value=port,
            allowed="a port that is free",
            remedy=f"Choose another port: {error.strerror}.",
        ) from error
