"""What the tests of the store share: causes, organizations, calls, rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4, uuid5

from eventsourcing import persistence
from eventsourcing.postgres import PostgresDatastore

from domain.kernel.ids import NAMESPACE
from domain.kernel.recorded import Meta
from domain.licenses.move import GroupMoved, MoveRow, chunk_moved
from domain.licenses.move import input_digest as digest_of_input
from domain.organizations.organization import Organization
from domain.ports.cloud import ProviderCall
from ops.base.settings import Settings, load_settings
from projections.running.schema import create
from providers.microsoft.directory.license_errors import VENDOR_WORDS
from store.migrate import migrate
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.databases.database_roles import url_as
from tests.support.worlds.signing import key_file

AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
ORGANIZATION = "organization-1"


def open_store(database_url: str, folder: Path, *, pool_size: int = 4) -> SwitchStore:
    """Return a store on a migrated database."""
    migrate(database_url)
    return SwitchStore.open(
        database_url,
        FileKeyProvider.create(folder / "master.key"),
        pool_size=pool_size,
        words=VENDOR_WORDS,
    )


def meta(switch_id: str = "", *, attempt: int = 1) -> Meta:
    """Return a cause."""
    return Meta(
        switch_id=switch_id,
        organization_id=ORGANIZATION,
        actor="olga",
        reason="growth",
        causation="request:1",
        attempt=attempt,
    )


def organization(organization_id: str = ORGANIZATION) -> Organization:
    """Return an organization that is not stored yet."""
    return Organization.register(organization_id, at=AT, meta=meta())


def call(*, status: int = 200, key: str = "key-1", operation: str = "checkout") -> ProviderCall:
    """Return a provider call."""
    return ProviderCall(
        provider="seller",
        operation=operation,
        key=key,
        request_digest="d" * 64,
        status=status,
        code="" if status else "Timeout",
        text="",
        started_at=AT,
        duration_ms=12,
    )


def user_key(number: int) -> UUID:
    """Return the key of a user who needs no vault."""
    return uuid5(NAMESPACE, f"user:{number}")


def move_rows(first: int, count: int, *, failed: int = 0) -> list[MoveRow]:
    """Return rows of which the first `failed` did not move."""
    return [
        MoveRow(
            position=position,
            batch_no=position // 20,
            user_key=user_key(position),
            from_plan="E1",
            to_plan="E3",
            outcome="failed" if position < first + failed else "moved",
            kept=("exchange", "teams"),
            newly_granted=("desktop",),
            dependents=("office_web",),
            error="NO_LICENSE_FREE" if position < first + failed else "",
        )
        for position in range(first, first + count)
    ]


def group(
    switch_id: str, number: int, rows: list[MoveRow], *, target: str = "E3", attempt: int = 1
) -> GroupMoved:
    """Return the event of a group of the pass `move`."""
    return chunk_moved(
        switch_id=switch_id,
        pass_name="move",
        group_number=number,
        input_digest=digest_of_input((row.user_key for row in rows), from_plan="E1", to_plan=target),
        rows=rows,
        batches=[{"batch_no": number, "status": 200}],
        at=AT,
        meta=meta(switch_id, attempt=attempt),
    )


def new_switch_id() -> str:
    """Return an id that no other test uses."""
    return str(uuid4())


@contextmanager
def first_answer_lost() -> Iterator[list[str]]:
    """Lose the answer of the first write that is committed inside the block; yields what was lost."""
    lost: list[str] = []
    stock = PostgresDatastore.get_connection

    @contextmanager
    def losing(datastore: PostgresDatastore) -> Iterator[Any]:
        with stock(datastore) as connection:
            yield connection
        if not lost:
            lost.append("answer")
            raise persistence.OperationalError("server closed the connection unexpectedly")

    with patch.object(PostgresDatastore, "get_connection", losing):
        yield lost


def lone_settings(database_url: str, folder: Path, **changes: Any) -> Settings:
    """Make the store and return the settings of a console whose cloud and Temporal are down.

    Args:
        database_url: An empty database.
        folder: Where its keys are made.
        changes: Settings of the test's own.
    """
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(folder / "master.key")
    return load_settings(
        data_dir=folder,
        database_url=url_as(database_url, DatabaseRole.WORKER)[0],
        cloud_url="http://127.0.0.1:9",
        temporal_address="127.0.0.1:9",
        master_key_file=folder / "master.key",
        command_key_file=key_file(folder),
        **changes,
    )
