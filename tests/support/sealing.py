"""A record that is sealed, for tests: store, folder, keys, and an independent look at the folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from audit.seals.folder import POLICY_PATH, SealFolder
from audit.seals.keys import KeyFile
from audit.seals.leaves import Leaf, parse_leaf
from audit.seals.sealer import Seal, Sealer
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.notes import parse_note
from audit.transparency.policies import parse_policy
from audit.transparency.tiles import bundle_path, parse_bundle
from audit.transparency.tree_edge import TILE_WIDTH
from domain.ports.cloud import ProviderCall
from store.core.application import SwitchApplication
from store.record.seals import SealStore
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import organization
from tests.support.databases.database_roles import url_as
from tests.support.seals import AT, naive_root


class Stopped(BaseException):
    """A sealer that is killed at a point."""


@dataclass(kw_only=True)
class SealedRecord:
    """One record with its folder and keys."""

    store: SwitchStore
    database_url: str
    folder: SealFolder
    keys: KeyFile

    @classmethod
    def of(cls, store: SwitchStore, database_url: str, place: Path) -> SealedRecord:
        """Return a record whose keys and folder lie in `place`."""
        keys = KeyFile(place / "seal.key")
        keys.make(AT)
        return cls(store=store, database_url=database_url, folder=SealFolder(place / "seals"), keys=keys)

    def save_events(self, count: int) -> None:
        """Save events of organizations that are new."""
        first = self.store.max_notification_id()
        for number in range(first, first + count):
            self.store.save(organization(f"organization-{number}"))

    def save_calls(self, *operations: str) -> None:
        """Save provider calls together."""
        self.store.save_calls([call(operation) for operation in operations])

    def seal(self, *, until: str = "", now: datetime = AT) -> Seal | None:
        """Seal what is new with a sealer of its own, which is killed at a point where one is named."""

        def reach(point: str) -> None:
            if point == until:
                raise Stopped(point)

        return Sealer(self.store, self.folder, self.keys, reach=reach).seal_once(now)

    def change(self, *statements: str) -> None:
        """Change the record as an owner of the database can who takes off the guards."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement.encode())

    def set_back(self, *, events: int, leaves: int) -> None:
        """Take away what came after so many events and leaves, as the restore of an older database does."""
        self.change(
            f"DELETE FROM planswitch.switch_events WHERE notification_id > {events}",  # noqa: S608
            f"DELETE FROM planswitch.seal WHERE tree_size > {leaves}",  # noqa: S608
            f"DELETE FROM planswitch.seal_run WHERE first_leaf >= {leaves}",  # noqa: S608
        )

    def leaves(self) -> list[Leaf]:
        """Return the published leaves, after checkpoint, policy, root and place of each were checked anew."""
        return [parse_leaf(entry) for entry in self.entries()]

    def entries(self) -> list[bytes]:
        """Return the published entries, checked as the leaves are."""
        checkpoint = self.checkpoint()
        entries: list[bytes] = []
        while len(entries) < checkpoint.size:
            width = min(TILE_WIDTH, checkpoint.size - len(entries))
            content = self.folder.read(bundle_path(len(entries) // TILE_WIDTH, width))
            assert content is not None
            entries += parse_bundle(content, width)
        assert naive_root(entries) == checkpoint.root
        for leaf, run in enumerate(map(self.store.run_of_leaf, range(checkpoint.size))):
            assert run is not None
            assert run.first_leaf <= leaf < run.first_leaf + run.leaf_count
        return entries

    def checkpoint_of_successor(self, first_leaf: bytes) -> Checkpoint:
        """Return the published checkpoint of a log that begins with a leaf; the others are records."""
        first, *others = self.entries()
        assert first == first_leaf
        assert all(map(parse_leaf, others))
        return self.checkpoint()

    def checkpoint(self) -> Checkpoint:
        """Return the published checkpoint, which the published policy believes and the table has as well."""
        policy, note = self.folder.read(POLICY_PATH), self.folder.read("checkpoint")
        assert policy is not None
        assert note is not None
        newest = self.store.newest_seal()
        assert newest is not None
        assert parse_note(newest.checkpoint.encode()).text == parse_note(note).text
        return parse_policy(policy).verdict(parse_note(note)).checkpoint

    def files(self) -> dict[str, bytes]:
        """Return everything that is published."""
        paths = (path for path in self.folder.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder.path)): path.read_bytes() for path in paths}


@contextmanager
def sealer_of(owner_url: str, folder: SealFolder, keys: KeyFile) -> Iterator[Sealer]:
    """Yield a sealer that works as the sealer's role, as its process does."""
    (url,) = url_as(owner_url, DatabaseRole.SEALER)
    with SwitchApplication(url, pool_size=1) as application:
        yield Sealer(SealStore(application), folder, keys)


def wait_until(is_so: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Wait for a recorded fact; the bound ends only what hangs."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def call(operation: str) -> ProviderCall:
    """Return a provider call."""
    return ProviderCall(
        provider="seller",
        operation=operation,
        key="",
        request_digest="",
        status=200,
        code="",
        text="",
        started_at=datetime(2026, 11, 30, 5, 0, tzinfo=UTC),
        duration_ms=1,
    )
