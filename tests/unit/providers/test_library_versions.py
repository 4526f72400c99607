"""Parts of libraries that these do not offer for use: where we stand on them, and for which versions."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPResponse
from importlib.metadata import version
from pathlib import Path

import pytest
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresSubscription
from psycopg_pool import ConnectionPool

ROOT = Path(__file__).parents[3]
#: Distribution -> the file that stands on its private parts, and the versions that it was tested with. For
#: another one read what changed in the parts below, run the tests of store and transport, and add it here.
TESTED = {
    "eventsourcing": ("store/core/recorder.py", {"9.5.6"}),
    "psycopg-pool": ("store/core/pool.py", {"3.3.3"}),
    "urllib3": ("providers/transport/whole_heads.py", {"2.8.0"}),
}
#: The same of http.client, which comes with the interpreter.
TESTED_PYTHONS = {(3, 11)}
#: Private part -> the digest of its source for the versions above.
PARTS: list[tuple[Callable[..., object], str]] = [
    (PostgresApplicationRecorder.__init__, "db36fb3de49a"),
    (PostgresApplicationRecorder.insert_events, "f1a98da0239e"),
    (PostgresSubscription._listen, "50781e6db4c1"),
    (ConnectionPool._connect, "a592be31ab62"),
]
BEGIN = "e06ec06b086c"


def digest(part: Callable[..., object]) -> str:
    """Return a digest of the source of a part."""
    return sha256(inspect.getsource(part).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", TESTED)
def test_the_installed_version_is_one_that_was_tested(name: str) -> None:
    """Another version may have moved what we override: then this fails before a save or a call does."""
    file, versions = TESTED[name]

    assert version(name) in versions, f"look into {file}"


@pytest.mark.parametrize("name", TESTED)
def test_the_file_says_where_its_versions_stand(name: str) -> None:
    """Who reads an override finds the versions for which it holds."""
    text = (ROOT / TESTED[name][0]).read_text(encoding="utf-8")

    assert "tests/unit/providers/test_library_versions.py" in text


@pytest.mark.parametrize(("part", "known"), PARTS, ids=[part.__qualname__ for part, _ in PARTS])
def test_a_private_part_is_as_it_was(part: Callable[..., object], known: str) -> None:
    """The part that we stand in for is the one that was read, to the letter."""
    assert digest(part) == known


@pytest.mark.skipif(
    sys.version_info[:2] not in TESTED_PYTHONS, reason="the contract tests of the line decide"
)
def test_an_answer_begins_as_it_did() -> None:
    """How http.client reads the head of an answer is what was read."""
    assert digest(HTTPResponse.begin) == BEGIN
