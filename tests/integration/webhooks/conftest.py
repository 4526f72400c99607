"""Fixtures of the tests of webhooks: a store of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.consoles.store_parts import open_store
from tests.support.webhooks.world import WebhookWorld


@pytest.fixture(name="webhooks")
def _webhooks(database_url: str, tmp_path: Path) -> Iterator[WebhookWorld]:
    """Yield webhooks over a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield WebhookWorld(opened=store, database_url=database_url)
