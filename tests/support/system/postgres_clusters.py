"""Debian's PostgreSQL with TLS, replicas of it, and PgBouncer before it, each of them a real server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from ops.processes.processes import SystemUser, free_port, start_child, stop_child
from ops.stack.postgres_binaries import server_account
from sandbox.authority.certificates import TlsFiles, tls_files
from tests.support.system.programs import system_program

DATABASE = "planswitch"
SUPERUSER = "root_of_tests"
PASSWORD = "a-password-of-the-tests-0123456789"
#: Everybody over TLS alone, so that a connection in clear is refused.
_RULES = """
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl all all ::1/128 scram-sha-256
hostssl replication all 127.0.0.1/32 scram-sha-256
"""
_START_SECONDS = 60.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server."""

    folder: Path
    port: int
    tls: TlsFiles

    def url(
        self, *, user: str = SUPERUSER, host: str = "127.0.0.1", port: int | None = None, **options: str
    ) -> str:
        """Return the URL of the database; its identity is checked, unless `options` say otherwise."""
        checked = {"sslmode": "verify-full", "sslrootcert": str(self.tls.ca_file), **options}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in checked.items())
        return f"postgresql://{user}:{PASSWORD}@{host}:{port or self.port}/{DATABASE}?{query}"


def account_may_enter(folder: Path) -> SystemUser | None:
    """Give a folder to the account that runs the servers, and return it; None: this process's own."""
    account = server_account()
    if account is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.user_id, account.group_id)
    return account


@contextmanager
def primary(folder: Path) -> Iterator[Cluster]:
    """Run a server that speaks TLS and feeds replicas, with an empty database."""
    folder.mkdir()
    tls = tls_files(folder / "tls")
    password_file = folder / "password"
    password_file.write_text(PASSWORD, encoding="utf-8")
    _run(
        folder,
        [
            *(system_program("initdb"), "-D", folder / "cluster", "-U", SUPERUSER, "-E", "UTF8"),
            *("--locale=C", f"--pwfile={password_file}", "-A", "scram-sha-256"),
        ],
    )
    (folder / "cluster" / "pg_hba.conf").write_text(_RULES, encoding="utf-8")
    with _running(folder, tls, {"wal_level": "replica", "fsync": "off"}) as cluster:
        with psycopg.connect(cluster.url().replace(f"/{DATABASE}?", "/postgres?"), autocommit=True) as first:
            first.execute(f"CREATE DATABASE {DATABASE}".encode())
        yield cluster


@contextmanager
def replica(of: Cluster, folder: Path) -> Iterator[Cluster]:
    """Run a streaming replica that `pg_basebackup` makes."""
    folder.mkdir()
    source = f"host=127.0.0.1 port={of.port} user={SUPERUSER} password={PASSWORD} sslmode=require"
    _run(
        folder,
        [
            system_program("pg_basebackup"),
            "-D",
            folder / "cluster",
            "-d",
            source,
            "-R",
            "-X",
            "stream",
            "--checkpoint=fast",
        ],
    )
    shutil.copytree(of.folder / "tls", folder / "tls")
    files = TlsFiles(
        ca_file=folder / "tls" / of.tls.ca_file.relative_to(of.folder / "tls"),
        server_file=folder / "tls" / of.tls.server_file.relative_to(of.folder / "tls"),
    )
    with _running(folder, files, {"hot_standby": "on"}) as cluster:
        yield cluster


@contextmanager
def pgbouncer(of: Cluster, folder: Path, users: Sequence[str], **settings: str) -> Iterator[int]:
    """Run PgBouncer in transaction mode, which checks the server's certificate; yield its port."""
    folder.mkdir()
    port = free_port()
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "pool_mode": "transaction",
        "auth_type": "scram-sha-256",
        "auth_file": str(folder / "users.txt"),
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": str(of.tls.ca_file),
        "client_tls_sslmode": "require",
        "client_tls_key_file": str(of.tls.server_file),
        "client_tls_cert_file": str(of.tls.server_file),
        "default_pool_size": "6",
        **settings,
    }
    text = "\n".join(f"{name} = {value}" for name, value in lines.items())
    database = f"{DATABASE} = host=127.0.0.1 port={of.port} dbname={DATABASE}"
    (folder / "pgbouncer.ini").write_text(f"[databases]\n{database}\n[pgbouncer]\n{text}\n", encoding="utf-8")
    names = "\n".join(f'"{name}" "{PASSWORD}"' for name in users)
    (folder / "users.txt").write_text(f"{names}\n", encoding="utf-8")
    account = account_may_enter(folder)
    log = folder / "pgbouncer.log"
    process = start_child([system_program("pgbouncer"), folder / "pgbouncer.ini"], log_file=log, user=account)
    try:
        _until_it_answers(of.url(user=users[0], port=port), process, log)
        yield port
    finally:
        stop_child(process, signal_number=signal.SIGINT, timeout_seconds=_START_SECONDS)


@contextmanager
def _running(folder: Path, tls: TlsFiles, settings: Mapping[str, str]) -> Iterator[Cluster]:
    port = free_port()
    whole = {
        "listen_addresses": "127.0.0.1,::1",
        "unix_socket_directories": "",
        "max_connections": "100",
        "ssl": "on",
        "ssl_cert_file": str(tls.server_file),
        "ssl_key_file": str(tls.server_file),
        **settings,
    }
    options = [f"--{name}={value}" for name, value in whole.items()]
    account, log = account_may_enter(folder), folder / "postgres.log"
    program = system_program("postgres")
    command: list[str | Path] = [program, "-D", folder / "cluster", "-p", str(port), *options]
    process = _started(command, log, account)
    cluster = Cluster(folder=folder, port=port, tls=tls)
    try:
        _until_it_answers(cluster.url().replace(f"/{DATABASE}?", "/postgres?"), process, log)
        yield cluster
    finally:
        stop_child(process, signal_number=signal.SIGINT, timeout_seconds=_START_SECONDS)


def _run(folder: Path, command: list[str | Path]) -> None:
    account, log = account_may_enter(folder), folder / "made.log"
    process = _started(command, log, account)
    assert process.wait(_START_SECONDS) == 0, log.read_text(encoding="utf-8")


def _started(command: list[str | Path], log: Path, account: SystemUser | None) -> subprocess.Popen[bytes]:
    """Start a program as the account of the servers, with a home of its own and nothing of ours."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(log.parent)}
    return start_child(command, log_file=log, user=account, folder=log.parent, environment=environment)


def _until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text(encoding="utf-8")) from error
            time.sleep(_POLL_SECONDS)
        else:
            return
