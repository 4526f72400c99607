"""The embedded PostgreSQL: the wheel's binaries, run in the foreground on the loopback address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ops.processes.errors import FolderUnusable, StackInUse
from ops.processes.private_files import PRIVATE_FOLDER, make_private_folder, write_private
from ops.processes.processes import (
    LOOPBACK,
    ManagedProcess,
    command_line,
    free_port,
    is_alive,
    start_child,
    start_failure,
)
from ops.stack.postgres_binaries import open_for_traversal, reachable_binaries, server_account
from store.roles.role import DatabaseRole
from store.roles.setup import make_roles, sign_in_statement
from store.vault.secret_files import read_secret

SUPERUSER = "planswitch"
_PASSWORD_BYTES = 24
_INITDB_TIMEOUT_SECONDS = 60
_CONNECT_TIMEOUT_SECONDS = 2
#: A server whose supervisor was killed shuts down by itself; a new one waits this long for it.
_PREDECESSOR_WAIT_SECONDS = 15.0
_POLL_SECONDS = 0.05
_DEFAULT_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}


class EmbeddedPostgres(ManagedProcess):
    """One PostgreSQL server on one folder; the folder survives every kind of stop.

    Layout of `data_dir`: `cluster/` (PostgreSQL's own, closed to everybody else), `password` (owner only),
    `postgres.log`, `lock`. Start it from the main thread (see `ops.processes.processes.start_child`).

    Args:
        data_dir: The server's folder; made when missing.
        port: TCP port on the loopback address; 0 takes a free one at every start.
        database: Made at the first start when it is missing.
        roles: Roles as which processes sign in; made at the first start as well.
        settings: Server parameters on top of the defaults, for example `{"fsync": "off"}` in tests.
        log_file: Where the server's log goes; `postgres.log` in the folder when None.
    """

    # The fast shutdown; SIGTERM would wait for every client to leave.
    stop_signal = signal.SIGINT
    stop_timeout_seconds = 20.0
    start_attempts_max = 2

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        database: str | None = None,
        roles: Sequence[DatabaseRole] = (),
        settings: Mapping[str, str] | None = None,
        log_file: Path | None = None,
    ) -> None:
        super().__init__(name="PostgreSQL", log_file=log_file or data_dir.absolute() / "postgres.log")
        self.data_dir = data_dir.absolute()
        self.port = port
        self._settings = {**_DEFAULT_SETTINGS, **(settings or {})}
        self._database = database
        self._roles = tuple(roles)
        self._account = server_account()

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL calls its data directory."""
        return self.data_dir / "cluster"

    def prepare(self) -> None:
        """Lock the folder and make the cluster on first use.

        Raises:
            StackInUse: A living server has this folder; the message names its process id.
            FolderUnusable: The server's account cannot reach the folder.
        """
        open_for_traversal(self.data_dir, self._account)
        self.lock(self.data_dir)
        self._wait_for_predecessor()
        self._make_cluster()

    def finish_start(self) -> None:
        """Make the wanted database and the roles on first use."""
        if self._database is not None:
            self.create_database(self._database)
        if self._roles:
            self.open_to_roles(self._roles)

    def is_ready(self) -> bool:
        """Return whether the server accepts a connection now."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=_CONNECT_TIMEOUT_SECONDS).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """Return the connection URL of a database, password included: do not log it."""
        password = self._password()
        return f"postgresql://{SUPERUSER}:{quote(password, safe='')}@{LOOPBACK}:{self.port}/{quote(database)}"

    def url_of(self, role: DatabaseRole, database: str) -> str:
        """Return the connection URL of a role, password included: do not log it."""
        return role_url(self.url(database), role)

    def _password(self) -> str:
        """Return the server's password; it is made before the cluster and kept for ever."""
        password_file = self.data_dir / "password"
        if not password_file.exists():
            if self.cluster.exists():
                raise FolderUnusable(
                    f"{password_file} is missing; the database cannot be opened without it.",
                    remedy="Put the file back, or restore a backup into an empty folder.",
                )
            make_private_folder(self.data_dir)
            write_private(password_file, secrets.token_urlsafe(_PASSWORD_BYTES).encode())
        return read_secret(password_file, name="the database's password")

    def open_to_roles(self, roles: Iterable[DatabaseRole]) -> None:
        """Make the roles that are missing, and let processes sign in as some of them."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            make_roles(connection)
            for role in roles:
                connection.execute(
                    sign_in_statement(connection, role, _role_password(self._password(), role))
                )

    def create_database(self, database: str) -> str:
        """Create a database when it is missing and return its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if known is None:
                name = sql.Identifier(database)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        return self.url(database)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start `postgres` in the foreground as our child."""
        if self.port == 0:
            self.port = free_port()
        program = reachable_binaries(self.data_dir / "binaries", self._account) / "postgres"
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        return start_child(
            [program, "-D", self.cluster, "-p", str(self.port), *options],
            log_file=self.log_file,
            user=self._account,
            folder=self.cluster,
            environment=_environment(),
            death_signal=signal.SIGINT,
        )

    def _make_cluster(self) -> None:
        """Run `initdb` once; a half-made cluster is never taken for a whole one."""
        if (self.cluster / "PG_VERSION").exists():
            return
        building = self._empty_folder("cluster.new")
        password_copy = self.data_dir / "password.new"
        write_private(password_copy, self._password().encode())
        self._give_to_account(password_copy)
        try:
            self._run_initdb(building, password_copy)
        finally:
            password_copy.unlink()
        building.rename(self.cluster)

    def _empty_folder(self, name: str) -> Path:
        """Make an empty private folder that belongs to the server's account."""
        folder = self.data_dir / name
        if folder.exists():
            subprocess.run(["rm", "-rf", str(folder)], check=True)
        folder.mkdir(mode=PRIVATE_FOLDER)
        self._give_to_account(folder)
        return folder

    def _give_to_account(self, path: Path) -> None:
        """Hand a file or folder to the account that runs the server."""
        if self._account is not None:
            os.chown(path, self._account.user_id, self._account.group_id)

    def _run_initdb(self, folder: Path, password_file: Path) -> None:
        """Make a cluster whose text order does not depend on the machine."""
        program = reachable_binaries(self.data_dir / "binaries", self._account) / "initdb"
        process = start_child(
            [
                program,
                f"--pgdata={folder}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
            ],
            log_file=self.log_file,
            user=self._account,
            folder=folder,
            environment=_environment(),
        )
        status = process.wait(timeout=_INITDB_TIMEOUT_SECONDS)
        if status != 0:
            raise start_failure("initdb", f"ended with status {status}", self.log_file)

    def _wait_for_predecessor(self) -> None:
        """Wait for a server that lost its supervisor; refuse when it stays."""
        deadline = time.monotonic() + _PREDECESSOR_WAIT_SECONDS
        while (holder := self._living_holder()) is not None:
            if time.monotonic() > deadline:
                raise StackInUse(
                    f"PostgreSQL with process id {holder} runs on {self.cluster}.",
                    remedy=f"Stop process {holder}, or choose another data folder.",
                    process_id=holder,
                )
            time.sleep(_POLL_SECONDS)

    def _living_holder(self) -> int | None:
        """Return the id of the server that runs on the cluster, and forget a stale record of a stranger."""
        record = self.cluster / "postmaster.pid"
        try:
            process_id = int(record.read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        if not is_alive(process_id):
            # PostgreSQL itself clears this record, after checking that no orphaned back end is left.
            return None
        if str(self.cluster) in command_line(process_id):
            return process_id
        record.unlink()
        return None


def role_url(server_url: str, role: DatabaseRole) -> str:
    """Return the URL of a database for a role, with its password; no log may have it.

    Args:
        server_url: Of the same database, as the superuser, whose password the role's is made from.
        role: Who signs in.
    """
    parts = urlsplit(server_url)
    password = _role_password(unquote(parts.password or ""), role)
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.hostname}:{parts.port}"))


def _role_password(server_password: str, role: DatabaseRole) -> str:
    """Return a role's password, made from the server's: no file more, and none tells another."""
    digest = hmac.digest(server_password.encode(), f"role {role}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _environment() -> dict[str, str]:
    """Return the server's environment: nothing of the starter's PG variables or secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
