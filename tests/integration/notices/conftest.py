"""A store, a mail server and a sender for the tests of notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.notices.composition import Composer
from services.notices.sender import NoticeSender
from store.record.catalogs import Catalogs
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.databases.database_roles import url_as
from tests.support.notices.mailbox import Mailbox, running_mailbox


@pytest.fixture(name="key_file")
def _key_file(tmp_path: Path) -> Path:
    """Return the file of a new master key."""
    path = tmp_path / "keys" / "master.key"
    FileKeyProvider.create(path)
    return path


@pytest.fixture(name="store")
def _store(database_url: str, key_file: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database, with the rights of a worker."""
    (url,) = url_as(database_url, DatabaseRole.WORKER)
    with SwitchStore.open(url, FileKeyProvider(key_file), pool_size=3) as store:
        yield store


@pytest.fixture(name="mailbox")
def _mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """Yield a mail server of its own."""
    with running_mailbox(tmp_path / "mail") as mailbox:
        yield mailbox


@pytest.fixture(name="sender")
def _sender(store: SwitchStore, mailbox: Mailbox) -> NoticeSender:
    """Return a sender that pauses for nothing."""
    return NoticeSender(
        store=store,
        server=mailbox.server,
        composer=Composer(
            store=store,
            catalogs=Catalogs(store.application),
            console_url="https://switch.example.com/",
            support_contact="help@example.com",
        ),
        pause=timedelta(),
    )
