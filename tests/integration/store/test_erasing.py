"""Erasure of people by the command line: what leads back to them is gone, and no more (security#erasure)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from domain.people.access import AccessFilter
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.console_world import Ran, run_in_pipes
from tests.support.notices.stories import completed
from tests.support.stories.switch_story import SwitchStory

PEOPLE = [str(UUID(int=number)) for number in range(1, 4)]
REASON = ("--reason", "contract ended")


@pytest.fixture(name="key_file")
def _key_file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    FileKeyProvider.create(path)
    return path


@pytest.fixture(name="store")
def _store(database_url: str, key_file: Path) -> Iterator[SwitchStore]:
    with SwitchStore.open(database_url, FileKeyProvider(key_file), pool_size=2) as store:
        yield store


def _erase(url: str, key_file: Path, *arguments: str) -> Ran:
    environment = {
        **os.environ,
        "DATABASE_OWNER_URL": url,
        "PLANSWITCH_DATA_DIR": str(key_file.parent),
        "PLANSWITCH_MASTER_KEY_FILE": str(key_file),
        "PLANSWITCH_API_URL": "http://127.0.0.1:9",
    }
    return run_in_pipes(("admin", *arguments), environment)


def _erasures(url: str) -> list[tuple[object, ...]]:
    query = "SELECT subject, organization_id, people, addresses, reason FROM planswitch.erasure ORDER BY id"
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def _whole_record(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT count(*), sum(hashtext(e::text)::bigint) FROM planswitch.switch_events e"
        ).fetchone()


def test_a_person_is_erased_and_others_stay(store: SwitchStore, database_url: str, key_file: Path) -> None:
    """The entry in the record and in the access log names nobody who was erased."""
    story = SwitchStory(store=store)
    organization = story.organization_id
    keys = store.vault.keys_for(organization, PEOPLE)
    completed(story)
    before = _whole_record(database_url)

    ran = _erase(database_url, key_file, "erase-person", organization, PEOPLE[0].upper(), *REASON, "--yes")

    assert ran.code == 0, ran.err
    assert ran.longest_line <= 80
    assert store.vault.directory_ids(organization, keys) == dict(zip(keys[1:], PEOPLE[1:], strict=True))
    assert _whole_record(database_url) == before
    assert _erasures(database_url) == [("person", organization, 1, 0, "contract ended")]
    (entry,) = store.accesses(AccessFilter(organization_id=organization), limit=10)
    assert (entry.route, entry.actor.startswith("machine:")) == ("planswitch admin erase-person", True)


def test_an_organization_is_erased_once(store: SwitchStore, database_url: str, key_file: Path) -> None:
    """Who erases it again is told that nothing is kept, and nothing more is recorded."""
    story = SwitchStory(store=store)
    organization = story.organization_id
    keys = store.vault.keys_for(organization, PEOPLE)
    completed(story)

    ran = _erase(database_url, key_file, "erase-organization", organization, *REASON, "--yes", "--json")
    again = _erase(database_url, key_file, "erase-organization", organization, *REASON, "--yes")

    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["people"] == len(PEOPLE)
    assert store.vault.directory_ids(organization, keys) == {}
    assert (again.code, "nothing is" in " ".join(again.err.split())) == (2, True), again
    assert _erasures(database_url) == [("organization", organization, len(PEOPLE), 0, "contract ended")]


@pytest.mark.parametrize("arguments", [("erase-organization",), ("erase-person", PEOPLE[0])])
def test_nobody_is_erased_while_a_switch_is_open(
    store: SwitchStore, database_url: str, key_file: Path, arguments: tuple[str, ...]
) -> None:
    """The switch could no longer give its users their licenses."""
    story = SwitchStory(store=store)
    organization = story.organization_id
    keys = store.vault.keys_for(organization, PEOPLE)
    story.request()
    command, *user = arguments

    ran = _erase(database_url, key_file, command, organization, *user, *REASON, "--yes")

    assert ran.code != 0
    assert "is open" in " ".join(ran.err.split())
    assert len(store.vault.directory_ids(organization, keys)) == len(PEOPLE)
    assert _erasures(database_url) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("erase-organization", "nobody", *REASON, "--yes"), "ORGANIZATION"),
        (("erase-person", "{organization}", "nobody", *REASON, "--yes"), "USER"),
        (("erase-organization", "{organization}", *REASON), "--yes"),
        (("erase-person", "{organization}", PEOPLE[0], *REASON), "--yes"),
        (("erase-organization", "{organization}", "--yes"), "--reason"),
        (("erase-organization", "{organization}", "--reason", " ", "--yes"), "--reason"),
    ],
)
def test_a_wrong_erasure_changes_nothing(
    store: SwitchStore, database_url: str, key_file: Path, arguments: tuple[str, ...], word: str
) -> None:
    """Somebody who is not known, no reason, and no answer: refused."""
    organization = SwitchStory(store=store).organization_id
    keys = store.vault.keys_for(organization, PEOPLE)

    named = (each.format(organization=organization) for each in arguments)
    ran = _erase(database_url, key_file, *named)

    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err
    assert len(store.vault.directory_ids(organization, keys)) == len(PEOPLE)
    assert _erasures(database_url) == []
