"""Opaque user keys: stable, meaningless without the vault, and erasable without touching history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.licenses.move import MoveRow, detail_digest
from store.core.errors import VaultLocked
from store.core.rows import RosterRow
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import group, new_switch_id, open_store

PEOPLE = [str(uuid4()) for _ in range(6_000)]


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def test_a_person_has_one_key_per_organization(store: SwitchStore) -> None:
    """Keys are stable, in order, and lead back; another organization's keys are others."""
    keys = store.vault.keys_for("a", PEOPLE)
    assert store.vault.keys_for("a", PEOPLE[::-1]) == keys[::-1]
    assert store.vault.directory_ids("a", keys) == dict(zip(keys, PEOPLE, strict=True))
    assert not set(keys) & set(store.vault.keys_for("b", PEOPLE))
    assert store.vault.directory_ids("nobody", keys) == {}


def test_recognizing_people_keeps_nothing_of_them(store: SwitchStore) -> None:
    """People whom the record knows are recognized by the same keys; of others there is no way back."""
    known = store.vault.keys_for("a", PEOPLE[:3])
    keys = store.vault.known_keys("a", PEOPLE[:5])
    assert keys[:3] == known
    assert store.vault.directory_ids("a", keys) == dict(zip(known, PEOPLE[:3], strict=True))


def test_no_table_holds_a_directory_id(store: SwitchStore, database_url: str) -> None:
    """The vault holds ciphertext only (architecture#personal-data)."""
    store.vault.keys_for("a", PEOPLE[:10])
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT user_key, sealed FROM planswitch.user_vault").fetchall()
    assert len(rows) == 10
    assert not any(person.encode() in bytes(sealed) for _, sealed in rows for person in PEOPLE[:10])


def test_erasing_a_person_keeps_every_digest(store: SwitchStore) -> None:
    """Digests cover opaque keys, so erasure changes none of them."""
    switch_id, people = new_switch_id(), PEOPLE[:20]
    keys = store.vault.keys_for("a", people)
    roster = [RosterRow(position=number, user_key=key) for number, key in enumerate(keys)]
    frozen = store.write_roster(switch_id, [roster])
    moved = [
        MoveRow(position=n, batch_no=0, user_key=key, from_plan="E1", to_plan="E3", outcome="moved")
        for n, key in enumerate(keys)
    ]
    event = store.append_chunk(group(switch_id, 0, moved), moved)

    assert store.erase_person("a", people[0], actor="ada", reason="gone").people

    assert not store.erase_person("a", people[0], actor="ada", reason="gone").people
    assert set(store.vault.directory_ids("a", keys)) == set(keys[1:])
    assert store.roster_digest(switch_id) == frozen.digest
    assert detail_digest(store.license_rows(switch_id, "move")) == event.detail_digest


def test_erasing_an_organization_makes_its_keys_meaningless(store: SwitchStore, tmp_path: Path) -> None:
    """Rows and keys are gone; people who come later get keys that can't be linked to the old ones."""
    keys = store.vault.keys_for("a", PEOPLE[:30])
    assert store.erase_organization("a", actor="ada", reason="gone").people == 30
    assert store.vault.directory_ids("a", keys) == {}
    assert not store.erase_person("a", PEOPLE[0], actor="ada", reason="gone").people
    assert not set(store.vault.keys_for("a", PEOPLE[:30])) & set(keys)


def test_another_process_notices_the_erasure(store: SwitchStore, database_url: str, tmp_path: Path) -> None:
    """A cached key is not used once the organization was erased elsewhere."""
    keys = store.vault.keys_for("a", PEOPLE[:5])
    with open_store(database_url, tmp_path) as elsewhere:
        elsewhere.erase_organization("a", actor="ada", reason="gone")
    fresh = store.vault.keys_for("a", PEOPLE[:5])
    assert not set(fresh) & set(keys)
    assert len(store.vault.directory_ids("a", fresh)) == 5


def test_an_erasure_in_the_middle_leaves_no_row_that_nobody_can_read(
    store: SwitchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that are erased between reading and storing are not used: all rows open under the new ones."""
    old = store.vault.keys_for("a", PEOPLE[:5])
    stock = store.vault._remember

    def erased_before(keys: Any, pairs: Any) -> bool:
        monkeypatch.setattr(store.vault, "_remember", stock)
        store.erase_organization("a", actor="ada", reason="gone")
        return stock(keys, pairs)

    monkeypatch.setattr(store.vault, "_remember", erased_before)
    fresh = store.vault.keys_for("a", PEOPLE[:5])

    assert not set(fresh) & set(old)
    assert store.vault.directory_ids("a", [*old, *fresh]) == dict(zip(fresh, PEOPLE, strict=False))


def test_another_master_key_opens_nothing(database_url: str, tmp_path: Path) -> None:
    """A database without its master key is useless, and says which key it needs."""
    with open_store(database_url, tmp_path) as store:
        keys = store.vault.keys_for("a", PEOPLE[:1])
    refused = pytest.raises(VaultLocked, match="does not open")
    with open_store(database_url, tmp_path / "other") as store, refused:
        store.vault.directory_ids("a", keys)


def test_the_master_key_file_belongs_to_its_owner(tmp_path: Path) -> None:
    """It is made once, readable by the owner alone, and refused when others may read it."""
    path = tmp_path / "keys" / "master.key"
    with pytest.raises(VaultLocked, match="can't be read"):
        FileKeyProvider(path)
    FileKeyProvider.create(path)
    first = path.read_bytes()
    FileKeyProvider.create(path)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]
    path.chmod(0o644)
    with pytest.raises(VaultLocked, match="Others may read"):
        FileKeyProvider(path)
