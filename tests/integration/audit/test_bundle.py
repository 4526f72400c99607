"""A bundle proves its switch without database and server, and whatever is changed in it is refused (ADR 36)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.bundle.verification import verify_bundle
from store.switch_store import SwitchStore
from tests.support.bundles import story_bundle
from tests.support.consoles.store_parts import open_store


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


def test_a_bundle_holds(store: SwitchStore, tmp_path: Path) -> None:
    """x."""
    path = tmp_path / "b.zip"
    story = story_bundle(store, path)
    report = verify_bundle(path)
    print(report)
    import shutil

    shutil.copy(path, "/work/tmp/bundle18/b.zip")
    assert report.findings == ()
