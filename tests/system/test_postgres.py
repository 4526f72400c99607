"""PostgreSQL as companies run it: TLS, a role for each process, PgBouncer in transaction mode, a replica."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ops.processes.processes import free_port, is_answering
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.temporal_server import EmbeddedTemporal
from projections.reads.queries import ReadModels
from projections.reads.replica import AT_LEAST
from store.core.errors import StoreUnavailable
from store.migrate import check_schema
from store.roles.role import PROCESS_ROLES, DatabaseRole
from tests.support.system.postgres_clusters import PASSWORD, SUPERUSER, Cluster, pgbouncer, primary, replica

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
_SECONDS_MAX = 120.0
_ORGANIZATION_USERS = 12


@pytest.fixture(scope="module", name="cluster")
def _cluster() -> Iterator[Cluster]:
    """Yield a server with TLS, whose database is migrated and whose roles may sign in."""
    folder = temporary_data_folder("planswitch-system-")
    try:
        with primary(folder / "primary") as cluster:
            ran = _command(
                {"DATABASE_OWNER_URL": cluster.url(), "PLANSWITCH_DATA_DIR": str(folder / "data")}, "migrate"
            )
            assert ran.returncode == 0, ran.stderr
            with psycopg.connect(cluster.url(), autocommit=True) as connection:
                for role in PROCESS_ROLES:
                    connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{PASSWORD}'".encode())
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_SECONDS_MAX,
        check=False,
    )


@contextmanager
def _process(variables: Mapping[str, str], *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of the product beside."""
    with log.open("wb") as output:
        command = [sys.executable, "-m", "cli.main", *arguments]
        process = subprocess.Popen(
            command, env={**os.environ, **variables}, cwd=ROOT, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_SECONDS_MAX)


def _until(is_so: Callable[[], Any], what: Callable[[], str]) -> Any:
    """Return the first answer that is true; `what` words the failure, and is asked once it is one."""
    deadline = time.monotonic() + _SECONDS_MAX
    while True:
        answer = is_so()
        if answer:
            return answer
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("options", "words", "remedy"),
    [
        ({"sslmode": "disable"}, "no encryption", "sslmode=verify-full"),
        (
            {"host": "localhost.localdomain", "hostaddr": "127.0.0.1"},
            "does not match host name",
            "Name the server",
        ),
        ({"sslrootcert": "/nowhere/ca.pem"}, "does not exist", "sslrootcert"),
        ({"sslrootcert": "OTHER"}, "certificate verify failed", "did not sign"),
    ],
)
def test_a_connection_that_tls_refuses_says_what_to_do(
    cluster: Cluster, tmp_path: Path, options: dict[str, str], words: str, remedy: str
) -> None:
    """docs/connections.md#tls: plain, a wrong name, no authority and a wrong one: an error each."""
    if options.get("sslrootcert") == "OTHER":
        from sandbox.authority.certificates import tls_files

        options = {"sslrootcert": str(tls_files(tmp_path / "other").ca_file)}
    with pytest.raises(StoreUnavailable) as refused:
        check_schema(_url_with(cluster, options))
    assert words in refused.value.message
    assert remedy in refused.value.remedy
    assert PASSWORD not in refused.value.message


def _url_with(cluster: Cluster, options: Mapping[str, str]) -> str:
    """Return the URL of the worker with other options, of which `host` is the server's name."""
    others = {name: value for name, value in options.items() if name != "host"}
    host = options.get("host", "127.0.0.1")
    return cluster.url(user=DatabaseRole.WORKER, host=host, port=cluster.port, **others)


def test_doctor_tells_whether_the_connection_is_encrypted(cluster: Cluster, tmp_path: Path) -> None:
    """docs/connections.md#tls: `doctor` says in which way PostgreSQL is reached."""
    ran = _command(
        {
            "DATABASE_URL": cluster.url(user=DatabaseRole.WORKER),
            "PLANSWITCH_DATA_DIR": str(tmp_path),
            "PLANSWITCH_API_KEY": "a-key-of-the-tests-0123456789abcdef",
        },
        "doctor",
        "--json",
    )
    checks = {each["part"]: each for each in json.loads(ran.stdout)["checks"]}
    assert checks["connection"]["state"] == "ok"
    assert checks["connection"]["detail"] == "encrypted, on this machine"


def test_a_switch_completes_through_pgbouncer_with_a_role_for_each_process(
    cluster: Cluster, tmp_path: Path
) -> None:
    """docs/connections.md#pgbouncer: worker, console and sealer by PgBouncer, the projector past it."""
    roles = (DatabaseRole.WORKER, DatabaseRole.SEALER, DatabaseRole.PROJECTOR)
    with ExitStack() as running:
        pooler = running.enter_context(pgbouncer(cluster, cluster.folder.parent / "pooler", roles))
        variables = _installation(running, cluster, pooler, tmp_path)
        console = int(variables["PLANSWITCH_API_PORT"])
        for part in ("sandbox", "worker", "project", "sealer", "serve"):
            log = tmp_path / f"{part}.log"
            running.enter_context(_process(variables, part, log=log))
        _until(lambda: is_answering(console, "/api/v1/health"), lambda: "the console does not answer")
        project_log = tmp_path / "project.log"
        _until(lambda: "projector_active" in project_log.read_text(), lambda: "no projector is active")
        made = _command(variables, "sandbox", "organization", "--users", str(_ORGANIZATION_USERS), "--json")
        assert made.returncode == 0, made.stderr
        organization = json.loads(made.stdout)["organization_id"]
        started = _command(variables, "switch", "start", organization, "--to", "E3", "--yes", "--json")
        assert started.returncode == 0, f"{started.stderr}\n{(tmp_path / 'worker.log').read_text()[-3000:]}"
        switch = json.loads(started.stdout)["switch_id"]

        def shown() -> dict[str, Any]:
            # No such switch until the projector has read of it.
            ran = _command(variables, "switch", "show", switch, "--json")
            return dict(json.loads(ran.stdout)) if ran.returncode == 0 else {"error": ran.stderr}

        _until(lambda: shown().get("stage") == "completed", lambda: f"not completed: {shown()}")
        _until(lambda: _sealed(cluster), lambda: (tmp_path / "sealer.log").read_text()[-2000:])
        doctor = _command(variables, "doctor", "--json")
        checks = {each["part"]: each for each in json.loads(doctor.stdout)["checks"]}
        assert "by PgBouncer in transaction mode" in checks["connection"]["detail"]
        assert checks["connection"]["code"] == "TIME_OUTS_DIFFER"
        logs = "".join((tmp_path / f"{part}.log").read_text() for part in ("worker", "serve", "sealer"))
        assert "prepared statement" not in logs


def _sealed(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT count(*) FROM planswitch.seal").fetchone()
    return bool(row and row[0])


def _installation(running: ExitStack, cluster: Cluster, pooler: int, folder: Path) -> dict[str, str]:
    """Start Temporal, make the keys by commands, and return the settings of all processes."""
    temporal = running.enter_context(EmbeddedTemporal(folder / "temporal"))
    data = folder / "data"
    console, cloud = free_port(), free_port()

    variables = {
        "DATABASE_URL": cluster.url(user=DatabaseRole.WORKER, port=pooler, pgbouncer="true"),
        "DATABASE_SEALER_URL": cluster.url(user=DatabaseRole.SEALER, port=pooler, pgbouncer="true"),
        "DATABASE_PROJECTOR_URL": cluster.url(user=DatabaseRole.PROJECTOR),
        "DATABASE_OWNER_URL": cluster.url(),
        "PLANSWITCH_DATA_DIR": str(data),
        "PLANSWITCH_TEMPORAL_ADDRESS": temporal.address,
        "PLANSWITCH_API_PORT": str(console),
        "PLANSWITCH_API_URL": f"http://127.0.0.1:{console}",
        "PLANSWITCH_CLOUD_URL": f"http://127.0.0.1:{cloud}",
        "PLANSWITCH_CREDIT_CALLBACK_URL": f"http://127.0.0.1:{console}/api/credit-callbacks",
        "PLANSWITCH_DIRECTORY_WRITES_MAX": "0",
        "PLANSWITCH_DIRECTORY_ORGANIZATION_WRITES_MAX": "0",
        "PLANSWITCH_API_KEY_FILE": str(data / "keys" / "api.key"),
        "PLANSWITCH_CREDIT_SECRET_FILE": str(data / "keys" / "credit.secret"),
    }
    for kind in ("master", "command", "operator", "callback"):
        made = _command(variables, "keys", "create", kind)
        assert made.returncode == 0, made.stderr
    return variables


@pytest.mark.parametrize("part", ["project", "migrate"])
def test_what_needs_a_session_refuses_a_pooler(cluster: Cluster, tmp_path: Path, part: str) -> None:
    """docs/connections.md#pgbouncer: projector and migrate hold a lock, declared pooler or not."""
    users = (DatabaseRole.PROJECTOR, SUPERUSER)
    ignoring = {"ignore_startup_parameters": "options"}
    with pgbouncer(cluster, cluster.folder.parent / f"pooler-{part}", users, **ignoring) as port:
        for option in ({}, {"pgbouncer": "true"}):
            variables = {
                "DATABASE_PROJECTOR_URL": cluster.url(user=DatabaseRole.PROJECTOR, port=port, **option),
                "DATABASE_OWNER_URL": cluster.url(port=port, **option),
                "PLANSWITCH_DATA_DIR": str(tmp_path),
            }
            ran = _command(variables, part)
            assert ran.returncode == 2, ran.stderr
            assert "PostgreSQL's own address" in " ".join(ran.stderr.split())


def test_a_pooler_that_is_not_declared_is_one_clear_error(cluster: Cluster, tmp_path: Path) -> None:
    """docs/connections.md#pgbouncer: PgBouncer refuses the options of a session, and the remedy says why."""
    users = (DatabaseRole.WORKER,)
    with pgbouncer(cluster, cluster.folder.parent / "undeclared", users) as port:
        variables = {
            "DATABASE_URL": cluster.url(user=DatabaseRole.WORKER, port=port),
            "PLANSWITCH_DATA_DIR": str(tmp_path),
        }
        for kind in ("master", "command"):
            _command(variables, "keys", "create", kind)
        ran = _command(variables, "admin", "recover", "--reason", "a test of the pooler")
    assert ran.returncode == 7, ran.stderr
    assert "?pgbouncer=true" in ran.stderr


def test_lists_come_from_the_replica_until_it_is_behind_or_away(cluster: Cluster) -> None:
    """docs/connections.md#read-replica: lists read it, a read of one's own writes and an outage do not."""
    folder = cluster.folder.parent / "replica"
    worker = cluster.url(user=DatabaseRole.WORKER)
    with ExitStack() as running:
        copy = running.enter_context(replica(cluster, folder))
        url = copy.url(user=DatabaseRole.WORKER)
        reads = running.enter_context(ReadModels(worker, replica_url=url))
        assert reads.views_url() == url
        reads.stage_counts()
        assert "switch_board" in _last_query(copy), "the list did not ask the replica"
        with (
            psycopg.connect(cluster.url(), autocommit=True) as writing,
            psycopg.connect(copy.url(), autocommit=True) as held,
        ):
            held.execute("SELECT pg_wal_replay_pause()")
            before = writing.execute(
                "SELECT notification_id FROM planswitch_read.projection_position"
            ).fetchone()
            writing.execute("UPDATE planswitch_read.projection_position SET notification_id = 1000")
            token = AT_LEAST.set(1_000)
            assert reads.views_url() == worker, "a replica that is behind was read"
            held.execute("SELECT pg_wal_replay_resume()")
            _until(lambda: reads.views_url() == url, lambda: "the replica did not catch up")
            AT_LEAST.reset(token)
            # Other tests of this database have a projector: it would skip every event up to there.
            writing.execute("UPDATE planswitch_read.projection_position SET notification_id = %s", before)
        with psycopg.connect(url) as session, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute("DELETE FROM planswitch.heartbeat")
        broken = running.enter_context(
            ReadModels(worker, replica_url=copy.url(user=DatabaseRole.WORKER, port=free_port()))
        )
        assert broken.stage_counts() == reads.stage_counts()
        assert broken.views_url() == worker


def _last_query(cluster: Cluster) -> str:
    """Return what the console's session at a server has asked last."""
    with psycopg.connect(cluster.url()) as connection:
        rows = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE usename = 'planswitch_worker'"
        ).fetchall()
    return " ".join(str(row[0]) for row in rows)
