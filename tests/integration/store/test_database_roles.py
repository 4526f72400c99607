"""PostgreSQL itself refuses what a role's processes do not need (security#database-roles)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier

from ops.stack.postgres_server import EmbeddedPostgres
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from projections.running.schema import create
from store.core.database_url import parse_database_url
from store.core.errors import DatabaseRightMissing
from store.core.rows import CallContext
from store.migrate import migrate
from store.roles.rights import SEALS, SECRETS, Table, store_tables
from store.roles.role import LIMITED_ROLES, DatabaseRole
from store.roles.setup import ensure_roles, role_script
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import call, organization

OWNER, WORKER, PROJECTOR = DatabaseRole.OWNER, DatabaseRole.WORKER, DatabaseRole.PROJECTOR
READER, SEALER = DatabaseRole.READER, DatabaseRole.SEALER
REFUSED = pytest.raises(errors.InsufficientPrivilege, match=r"permission denied|must be owner")


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleWorld:
    """A migrated database and how each role signs in to it."""

    server: EmbeddedPostgres
    #: Of a superuser.
    url: str

    @property
    def name(self) -> str:
        """Return the name of the database."""
        return parse_database_url(self.url).dbname

    def url_of(self, role: DatabaseRole) -> str:
        """Return the URL of a role, with its password."""
        return self.server.url_of(role, self.name)

    def tables(self) -> tuple[Table, ...]:
        """Return the tables of the event store, as the catalog has them."""
        with psycopg.connect(self.url) as connection:
            return store_tables(connection)

    @contextmanager
    def connected(self, role: DatabaseRole) -> Iterator[Connection[Any]]:
        """Yield a connection of a role, in autocommit."""
        with psycopg.connect(self.url_of(role), autocommit=True) as connection:
            # Any session may switch that on and off; the rights alone count.
            connection.execute("SET default_transaction_read_only = off")
            yield connection


@pytest.fixture(scope="module", name="roles")
def _roles(postgres_server: EmbeddedPostgres) -> Iterator[RoleWorld]:
    """Yield a database with all tables and roles, as which processes can sign in."""
    url = postgres_server.create_database(f"roles_{uuid4().hex}")
    migrate(url)
    create(url)
    assert ensure_roles(url).is_complete
    postgres_server.open_to_roles(DatabaseRole)
    world = RoleWorld(server=postgres_server, url=url)
    yield world
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(world.name)))


@pytest.fixture(name="opened")
def _opened(roles: RoleWorld, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store that works as a worker's."""
    keys = FileKeyProvider.create(tmp_path / "master.key")
    with SwitchStore.open(roles.url_of(WORKER), keys, pool_size=1) as store:
        yield store


def _record(roles: RoleWorld) -> list[Table]:
    """Return the append-only tables, found by their trigger."""
    found = [table for table in roles.tables() if table.is_record]
    assert {"switch_events", "provider_call", "license_move", *SEALS} <= {table.name for table in found}
    return found


def _changes() -> Sequence[SQL]:
    """Return a statement for each way to change what a table has."""
    return [
        SQL("UPDATE {table} SET {column} = {column}"),
        SQL("UPDATE {table} AS one SET {column} = other.{column} FROM {table} AS other WHERE one <> other"),
        SQL("DELETE FROM {table}"),
        SQL("TRUNCATE {table} CASCADE"),
        SQL("MERGE INTO {table} AS one USING {table} AS other ON one = other WHEN MATCHED THEN DELETE"),
        SQL("SELECT * FROM {table} FOR UPDATE"),
        SQL("DO $$BEGIN LOCK TABLE {table} IN EXCLUSIVE MODE; END$$"),
        SQL("ALTER TABLE {table} DISABLE TRIGGER append_only"),
        SQL("DROP TRIGGER append_only ON {table}"),
        SQL("ALTER TABLE {table} ADD COLUMN more text"),
        SQL("DROP TABLE {table} CASCADE"),
        SQL("COMMENT ON TABLE {table} IS 'mine'"),
    ]


@pytest.mark.parametrize("role", LIMITED_ROLES)
def test_nobody_changes_the_record(roles: RoleWorld, role: DatabaseRole) -> None:
    """Every change of every append-only table lacks its right: PostgreSQL says so before a trigger does."""
    with roles.connected(role) as connection:
        for table in _record(roles):
            names = {
                "table": Identifier("planswitch", table.name),
                "column": Identifier(table.given_columns[0]),
            }
            for statement in _changes():
                with REFUSED:
                    connection.execute(statement.format(**names))


def test_a_worker_changes_nothing_where_the_trigger_is_off(roles: RoleWorld) -> None:
    """The right is missing by itself: who has the trigger disabled still opens no door to a worker."""
    names = [table.name for table in _record(roles)]
    with psycopg.connect(roles.url) as owning, roles.connected(WORKER) as connection:
        for name in names:
            table = Identifier("planswitch", name)
            owning.execute(SQL("ALTER TABLE {} DISABLE TRIGGER append_only").format(table))
        owning.commit()
        try:
            for name in names:
                table = Identifier("planswitch", name)
                for statement in ("DELETE FROM {}", "TRUNCATE {} CASCADE"):
                    with REFUSED:
                        connection.execute(SQL(statement).format(table))
        finally:
            for name in names:
                table = Identifier("planswitch", name)
                owning.execute(SQL("ALTER TABLE {} ENABLE TRIGGER append_only").format(table))
            owning.commit()


def test_a_worker_gives_no_instant_and_no_number(roles: RoleWorld) -> None:
    """What the server fills by its clock or by counting can be neither altered nor given with a new row."""
    with psycopg.connect(roles.url) as connection, roles.connected(WORKER) as worker:
        filled = [
            (table.name, column)
            for table in _record(roles)
            for (column,) in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped AND attname <> ALL(%s)",
                [f"planswitch.{table.name}", list(table.given_columns)],
            )
        ]
        assert {("switch_events", "recorded_at"), ("switch_events", "notification_id")} <= set(filled)
        assert {("provider_call", "recorded_at"), ("roster_freeze", "frozen_at")} <= set(filled)
        for table, column in filled:
            names = {"table": Identifier("planswitch", table), "column": Identifier(column)}
            for statement in (
                "UPDATE {table} SET {column} = NULL",
                "INSERT INTO {table} ({column}) VALUES (NULL)",
            ):
                with REFUSED:
                    worker.execute(SQL(statement).format(**names))
        with REFUSED:
            worker.execute("SELECT setval('planswitch.switch_events_notification_id_seq', 1)")


@pytest.mark.parametrize("role", LIMITED_ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE planswitch_owner",
        "SET SESSION AUTHORIZATION planswitch_owner",
        "CREATE TABLE planswitch.mine (id int)",
        "CREATE TABLE planswitch_read.mine (id int)",
        "CREATE FUNCTION planswitch.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION planswitch.refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "GRANT planswitch_owner TO CURRENT_USER",
        "UPDATE planswitch.schema_step SET checksum = 'x'",
        "COPY planswitch.schema_step TO PROGRAM 'cat'",
    ],
)
def test_nobody_becomes_more(roles: RoleWorld, role: DatabaseRole, statement: str) -> None:
    """No role switches guards off, becomes the owner, or makes anything of its own."""
    with roles.connected(role) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_a_worker_does_its_work(roles: RoleWorld, opened: SwitchStore) -> None:
    """Events, calls, people and signs of life are written, by the rights that a worker has."""
    switch_id = str(uuid4())
    context = CallContext(switch_id=switch_id, step="purchase", attempt=1, run_id="run-1", activity_id="7")
    saved = opened.save(organization(str(uuid4())), calls=[call()], call_context=context)
    assert saved.notification_id is not None
    assert len(opened.calls(switch_id)) == 1
    (key,) = opened.vault.keys_for("contoso", ["person-1"])
    assert opened.vault.directory_ids("contoso", [key]) == {key: "person-1"}
    Projector(roles.url_of(PROJECTOR)).catch_up()


def test_a_worker_erases_nobody(roles: RoleWorld, opened: SwitchStore) -> None:
    """What erases people is the owner's; a worker adds to the vault and reads it."""
    opened.vault.keys_for("fabrikam", ["person-1"])
    with pytest.raises(DatabaseRightMissing, match="permission denied"):
        opened.erase_person("fabrikam", "person-1", actor="ada", reason="gone")
    with pytest.raises(DatabaseRightMissing, match="permission denied"):
        opened.erase_organization("fabrikam", actor="ada", reason="gone")
    with roles.connected(WORKER) as connection:
        for table in ("user_vault", "organization_key"):
            with REFUSED:
                connection.execute(SQL("DELETE FROM {}").format(Identifier("planswitch", table)))
        with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
            connection.execute("UPDATE planswitch.organization_key SET key_provider = 'other'")


@pytest.mark.parametrize("role", [PROJECTOR, READER, SEALER])
def test_only_a_worker_writes_events(roles: RoleWorld, role: DatabaseRole) -> None:
    """Projector, reader and sealer read the log and add nothing to it, nor to calls."""
    with roles.connected(role) as connection:
        connection.execute("SELECT * FROM planswitch.switch_events")
        for table in _record(roles):
            if role is SEALER and table.name in SEALS:
                continue
            with REFUSED:
                connection.execute(
                    SQL("INSERT INTO {} DEFAULT VALUES").format(Identifier("planswitch", table.name))
                )


@pytest.mark.parametrize("role", [PROJECTOR, READER, SEALER])
def test_nobody_else_reads_the_vault(roles: RoleWorld, role: DatabaseRole) -> None:
    """Whom an opaque key stands for is known to worker and console alone."""
    with roles.connected(role) as connection:
        for table in sorted(SECRETS):
            with REFUSED:
                connection.execute(SQL("SELECT * FROM {}").format(Identifier("planswitch", table)))


def test_only_the_sealer_seals(roles: RoleWorld) -> None:
    """A worker that was taken over can't seal what it wrote."""
    run = "INSERT INTO planswitch.seal_run (first_leaf, kind, first_id, last_id) VALUES (0, 'event', 1, 1)"
    seal = "INSERT INTO planswitch.seal (tree_size, checkpoint) VALUES (1, 'note')"
    log = (
        "INSERT INTO planswitch.log_origin (base, origin, leaf, checkpoint) VALUES (1, 'log', 'leaf', 'note')"
    )
    for statement in (run, seal, log):
        with roles.connected(WORKER) as connection, REFUSED:
            connection.execute(statement)
        with psycopg.connect(roles.url_of(SEALER)) as sealing:
            assert sealing.execute(statement).rowcount == 1
            sealing.rollback()


def test_a_reader_reads_what_people_look_at(roles: RoleWorld) -> None:
    """Lists and the record can be read and not written."""
    with roles.connected(READER) as connection:
        connection.execute("SELECT * FROM planswitch_read.switch_board")
        connection.execute("SELECT * FROM planswitch.license_move")
        with REFUSED:
            connection.execute("DELETE FROM planswitch_read.dead_letter")


def test_every_table_is_known(roles: RoleWorld) -> None:
    """A new table that is no part of the record needs a word about who writes it."""
    with roles.connected(WORKER) as connection:
        unwritten = {
            table.name
            for table in roles.tables()
            for (may,) in connection.execute(
                "SELECT has_any_column_privilege(%s, 'INSERT')", [f"planswitch.{table.name}"]
            )
            if not may
        }
    # The migration writes the only row of the cursor of notices; a worker moves it.
    filled = {
        "schema_step",
        "schema_declaration",
        "proof_of_steps",
        "known_workers_since",
        "notice_cursor",
        "webhook_position",
    }
    assert unwritten == filled | SEALS


def test_a_rebuild_by_the_owner_leaves_each_role_its_rights(roles: RoleWorld) -> None:
    """New tables and views are read and written by whom the old ones were."""
    report = rebuild(roles.url_of(OWNER))
    with roles.connected(READER) as connection:
        connection.execute("SELECT * FROM planswitch_read.checkout_board")
    with roles.connected(PROJECTOR) as connection:
        version = f"switch_board_v{report.version}"
        connection.execute(SQL("DELETE FROM {}").format(Identifier("planswitch_read", version)))
    Projector(roles.url_of(PROJECTOR)).catch_up()


def test_the_owner_migrates_without_a_superuser(roles: RoleWorld) -> None:
    """Once a superuser has given it the tables, the owner's role does what `migrate` does."""
    url = roles.url_of(OWNER)
    assert migrate(url).applied == ()
    assert create(url)
    report = ensure_roles(url)
    assert (report.made, report.is_complete, report.remedy) == ((), True, "")


def test_a_second_run_changes_no_right(roles: RoleWorld) -> None:
    """Roles and rights after another run are those of before."""

    def rights() -> list[tuple[Any, ...]]:
        with psycopg.connect(roles.url) as connection:
            return connection.execute(
                "SELECT relname::text, relowner::regrole::text, (SELECT array_agg(a::text ORDER BY a::text)"
                " FROM unnest(relacl) AS a) FROM pg_class WHERE relnamespace = ANY(ARRAY['planswitch',"
                " 'planswitch_read']::regnamespace[]) ORDER BY relname"
            ).fetchall()

    before = rights()
    assert len(before) > len(_record(roles))
    assert ensure_roles(roles.url).is_complete
    assert rights() == before
    assert {owner for _name, owner, _rights in before} == {OWNER.value}


@pytest.fixture(name="app_url")
def _app_url(roles: RoleWorld, empty_database_url: str) -> Iterator[str]:
    """Yield the URL of an empty database as one user for all, who may make no roles."""
    name = parse_database_url(empty_database_url).dbname
    user = f"app_{uuid4().hex}"
    with psycopg.connect(empty_database_url, autocommit=True) as admin:
        admin.execute(SQL("CREATE ROLE {} LOGIN PASSWORD 'of-the-tests'").format(Identifier(user)))
        admin.execute(SQL("GRANT CREATE ON DATABASE {} TO {}").format(Identifier(name), Identifier(user)))
        yield f"postgresql://{user}:of-the-tests@127.0.0.1:{roles.server.port}/{name}"
        admin.execute(SQL("DROP OWNED BY {} CASCADE").format(Identifier(user)))
        admin.execute(SQL("DROP ROLE {}").format(Identifier(user)))


def _owners(database_url: str) -> set[str]:
    """Return who has tables of the event store."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT tableowner::text FROM pg_tables WHERE schemaname = 'planswitch'")
        return {owner for (owner,) in rows}


def test_who_may_make_no_roles_learns_what_to_run(roles: RoleWorld, app_url: str) -> None:
    """One user for all goes on as before; the remedy names the command that prints the SQL."""
    migrate(app_url)
    create(app_url)
    with psycopg.connect(roles.url, autocommit=True) as admin:
        admin.execute("ALTER ROLE planswitch_reader RENAME TO planswitch_reader_of_before")
        try:
            report = ensure_roles(app_url)
            script = role_script(app_url)
        finally:
            admin.execute("ALTER ROLE planswitch_reader_of_before RENAME TO planswitch_reader")
    assert not report.is_complete
    assert report.remedy.startswith("this user may not make roles, and planswitch_reader is missing.")
    assert "planswitch migrate --print-roles" in report.remedy
    assert 'CREATE ROLE "planswitch_reader" NOLOGIN;' in script
    assert _owners(app_url) == {parse_database_url(app_url).user}
    assert migrate(app_url).applied == ()


def test_the_printed_sql_leaves_one_user_what_they_had(app_url: str, empty_database_url: str) -> None:
    """An administrator runs it; the user for all is a member of the owner's role, and migrates as before."""
    migrate(app_url)
    create(app_url)
    with psycopg.connect(empty_database_url, autocommit=True) as admin:
        admin.execute(role_script(app_url).encode())
    assert _owners(empty_database_url) == {OWNER.value}
    assert role_script(app_url) == role_script(empty_database_url)
    assert (migrate(app_url).applied, ensure_roles(app_url).is_complete) == ((), True)
    assert rebuild(app_url).version == 2
    with psycopg.connect(app_url) as connection:
        connection.execute("LOCK TABLE planswitch.switch_events IN EXCLUSIVE MODE")
