"""The console as it is served, a process of its own, and what may be sent to it byte by byte."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.processes.processes import free_port
from projections.running.schema import create
from store.migrate import migrate
from store.roles.role import DatabaseRole
from store.vault.keys import FileKeyProvider
from tests.support.databases.database_roles import url_as
from tests.support.worlds.signing import key_file

KEY = "a-key-of-the-tests-0123456789abcdef"
SECRET = b"a-secret-of-the-tests-0123456789abc"
START_SECONDS = 90.0
ANSWER_SECONDS = 60.0
CHUNK = b" " * 1_000_000
RESET_PEAK = "5"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered; status 0 where it only hung up."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """Return the body as JSON."""
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running console."""

    port: int
    process: subprocess.Popen[bytes]
    log_file: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged."""
        # The last line may still be written.
        texts = self.log_file.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return [json.loads(text) for text in texts if text.startswith("{")]

    def reset_peak(self) -> int:
        """Forget the peak of the memory, and return what it takes now, in bytes."""
        (self._proc / "clear_refs").write_text(RESET_PEAK)
        return self.peak_bytes()

    def peak_bytes(self) -> int:
        """Return the most memory that it took since."""
        for line in (self._proc / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError

    @property
    def _proc(self) -> Path:
        return Path(f"/proc/{self.process.pid}")


@contextmanager
def served(database_url: str, folder: Path, **variables: str) -> Iterator[Served]:
    """Run `planswitch serve` on a migrated database, whose cloud and Temporal are down."""
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(folder / "master.key")
    (folder / "credit.secret").write_bytes(SECRET)
    (folder / "credit.secret").chmod(0o600)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url_as(database_url, DatabaseRole.WORKER)[0],
        "PLANSWITCH_DATA_DIR": str(folder),
        "PLANSWITCH_API_KEY": KEY,
        "PLANSWITCH_API_PORT": str(port),
        "PLANSWITCH_MASTER_KEY_FILE": str(folder / "master.key"),
        "PLANSWITCH_CREDIT_SECRET_FILE": str(folder / "credit.secret"),
        "PLANSWITCH_COMMAND_KEY_FILE": str(key_file(folder)),
        "PLANSWITCH_CLOUD_URL": "http://127.0.0.1:9",
        "PLANSWITCH_TEMPORAL_ADDRESS": "127.0.0.1:9",
        "PLANSWITCH_LOCAL_ACTOR": "olga",
        **variables,
    }
    log_file = folder / "serve.log"
    with log_file.open("wb") as log:
        command = [sys.executable, "-m", "cli.main", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        running = Served(port=port, process=process, log_file=log_file)
        _wait(running)
        yield running
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(running: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            if ask(running.port, "GET", "/api/health").status == 200:
                return
        assert running.process.poll() is None, running.log_file.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(running.log_file.read_text(encoding="utf-8"))


@contextmanager
def connection(port: int, address: str = "127.0.0.1") -> Iterator[socket.socket]:
    """Yield a connection to the console from an address of this machine."""
    with socket.create_connection(
        ("127.0.0.1", port), timeout=ANSWER_SECONDS, source_address=(address, 0)
    ) as made:
        yield made


def ask(
    port: int,
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    address: str = "127.0.0.1",
) -> Answer:
    """Send one request from an address of this machine and return the answer."""
    sent = {"Content-Length": str(len(body)), **(headers or {})}
    with connection(port, address) as made:
        made.sendall(request_head(method, path, sent) + body)
        return answer_of(made)


def flood(
    port: int, method: str, path: str, *, headers: dict[str, str], total: int, is_declared: bool
) -> Answer:
    """Send a body of blanks, of declared or of streamed length, and return the answer."""
    length = {"Content-Length": str(total)} if is_declared else {"Transfer-Encoding": "chunked"}
    with connection(port) as made:
        # A server may hang up on who does not stop; its answer is read all the same.
        with suppress(ConnectionError):
            made.sendall(request_head(method, path, {**length, **headers}))
            for _ in range(total // len(CHUNK)):
                made.sendall(CHUNK if is_declared else b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))
            made.sendall(b"" if is_declared else b"0\r\n\r\n")
        return answer_of(made)


def request_head(method: str, path: str, headers: dict[str, str]) -> bytes:
    """Return the line and the headers of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_of(made: socket.socket) -> Answer:
    """Read one answer whole; status 0 when there is none."""
    received = b""
    with suppress(ConnectionError):
        while b"\r\n\r\n" not in received:
            part = made.recv(65_536)
            if not part:
                break
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        part = made.recv(65_536)
        if not part:
            break
        body += part
    return Answer(status=int(lines[0].split()[1]) if lines[0] else 0, headers=headers, body=body)
