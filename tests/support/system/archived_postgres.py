"""Debian's PostgreSQL with an archive of its WAL: a base backup of it can be recovered to any instant."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import datetime
from pathlib import Path

import psycopg

from ops.processes.processes import LOOPBACK, free_port
from ops.stack.postgres_binaries import server_account
from tests.support.chaos.stack import POLL_SECONDS
from tests.support.system.programs import system_program

DATABASE = "planswitch"
SUPERUSER = "postgres"
_COMMAND_SECONDS_MAX = 120
_RECOVERY = """
restore_command = 'cp "{archive}/%f" "%p"'
recovery_target_time = '{at}'
recovery_target_action = 'promote'
"""
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
max_connections = 200
archive_mode = on
archive_command = 'test ! -f "{archive}/%f" && cp "%p" "{archive}/%f"'
"""


class ArchivedPostgres:
    """One cluster in a folder that PostgreSQL's account can enter.

    Args:
        folder: Holds the cluster, its log, and what it archives.
        archive: Folder of archived WAL; one of its own when None.
    """

    def __init__(self, folder: Path, *, archive: Path | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self._cluster = folder / "cluster"
        self._archive = archive or folder / "wal"
        self._account = server_account()

    @property
    def url(self) -> str:
        """Return the address of the database, as its superuser."""
        return f"postgresql://{SUPERUSER}@{LOOPBACK}:{self.port}/{DATABASE}"

    def make(self) -> None:
        """Make the cluster and the database, and start it."""
        for folder in (self.folder, self._archive):
            self._make_folder(folder)
        self._run("initdb", "-D", self._cluster, "-U", SUPERUSER, "--auth=trust", "--no-sync")
        self._configure(_SETTINGS.format(folder=self.folder, archive=self._archive))
        self.start()
        self._run("createdb", "-h", LOOPBACK, "-p", self.port, "-U", SUPERUSER, DATABASE)

    def start(self) -> None:
        """Start the server, and return when it takes connections and writes."""
        log = self.folder / "postgres.log"
        self._run("pg_ctl", "-D", self._cluster, "-w", "-l", log, "-o", f"-p {self.port}", "start")

    def stop(self) -> None:
        """End the server as a lost machine does: at once."""
        self._run("pg_ctl", "-D", self._cluster, "-m", "immediate", "-w", "stop")

    def base_backup(self, target: Path) -> None:
        """Copy the living cluster."""
        self._run(
            "pg_basebackup", "-h", LOOPBACK, "-p", self.port, "-U", SUPERUSER, "-c", "fast", "-D", target
        )

    def now(self) -> datetime:
        """Return an instant to which a copy can be recovered."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            (at,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
        assert isinstance(at, datetime)
        return at

    def archive_wal(self) -> None:
        """Return once everything that was written is in the archive."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            (name,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        path, deadline = self._archive / name, time.monotonic() + _COMMAND_SECONDS_MAX
        while not path.exists():
            assert time.monotonic() < deadline, f"{path} was never archived"
            time.sleep(POLL_SECONDS)

    def recovered(self, base_backup: Path, folder: Path, at: datetime) -> ArchivedPostgres:
        """Return a new cluster, recovered to an instant and started.

        Args:
            base_backup: A copy of before that instant.
            folder: Of the new cluster.
            at: The instant.
        """
        new = ArchivedPostgres(folder)
        for each in (folder, new._archive):
            self._make_folder(each)
        self._run("cp", "-a", base_backup, new._cluster)
        new._configure(_SETTINGS.format(folder=folder, archive=new._archive))
        new._configure(_RECOVERY.format(archive=self._archive, at=at.isoformat()))
        self._run("touch", new._cluster / "recovery.signal")
        new.start()
        with psycopg.connect(new.url, autocommit=True) as connection:
            while (connection.execute("SELECT pg_is_in_recovery()").fetchone() or (True,))[0]:
                time.sleep(POLL_SECONDS)
        return new

    def _configure(self, text: str) -> None:
        with (self._cluster / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(text)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self._account is not None:
            os.chown(folder, self._account.user_id, self._account.group_id)

    def _run(self, program: str, *arguments: str | Path | int) -> None:
        path = program if program in {"cp", "touch"} else system_program(program)
        done = subprocess.run(
            [str(path), *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            timeout=_COMMAND_SECONDS_MAX,
            check=False,
            user=None if self._account is None else self._account.user_id,
            group=None if self._account is None else self._account.group_id,
        )
        assert done.returncode == 0, f"{program}: {(done.stdout or b'').decode()}"
