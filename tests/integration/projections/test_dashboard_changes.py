"""A dashboard goes on reading while its views are made anew: no query of it fails (views#upgrades)."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Self

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from projections.running import dashboards
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from projections.running.schema import create
from store.core.errors import StoreUnavailable
from store.migrate import migrate
from store.roles.role import DatabaseRole
from store.roles.setup import ensure_roles
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.databases.database_roles import url_as
from tests.support.stories.switch_story import SwitchStory

#: Each dashboard reads so many views in one transaction, in an order of its own: locks meet in every order.
_READERS = 3
_VIEWS = ("switches", "switch_stages", "switch_money", "license_passes", "organizations", "provider_calls")
_OLDER = "UPDATE planswitch_read.projection_active SET shape = 'of an older program'"


class Reading:
    """Dashboards that read in a loop, and what went wrong."""

    def __init__(self, database_url: str) -> None:
        (self._url,) = url_as(database_url, DatabaseRole.DASHBOARD)
        self.failures: list[Exception] = []
        self.transactions = 0
        self._stop = threading.Event()
        self._readers = [threading.Thread(target=self._read, args=(number,)) for number in range(_READERS)]

    def __enter__(self) -> Self:
        for each in self._readers:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for each in self._readers:
            each.join()

    def _read(self, number: int) -> None:
        views = [*_VIEWS[number:], *_VIEWS[:number]]
        try:
            with psycopg.connect(self._url) as connection:
                while not self._stop.is_set():
                    for name in views:
                        connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()
                    connection.commit()
                    self.transactions += 1
        except psycopg.Error as error:
            self.failures.append(error)

    def until(self, transactions: int) -> None:
        """Wait until so many more transactions were read, or one has failed."""
        wanted = self.transactions + transactions
        while self.transactions < wanted and not self.failures:
            self._stop.wait(0.01)


@pytest.fixture(name="told_url")
def _told_url(database_url: str, tmp_path: Path) -> str:
    """Return a database that has a switch and shows it."""
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        SwitchStory(store=store).tell()
    Projector(database_url).catch_up()
    return database_url


def test_no_query_fails_while_the_views_change(told_url: str) -> None:
    """Migrations, rebuilds and programs with other tables run, and every read of a dashboard answers."""
    with Reading(told_url) as reading:
        for _ in range(3):
            reading.until(_READERS)
            rebuild(told_url)
            reading.until(_READERS)
            with psycopg.connect(told_url) as connection:
                connection.execute(_OLDER)
            migrate(told_url)
            create(told_url)
            assert ensure_roles(told_url).is_complete
            Projector(told_url).catch_up()
        reading.until(_READERS)
    assert reading.failures == []
    assert reading.transactions > 6 * _READERS


def test_the_owners_rebuild_lets_dashboards_read_too(told_url: str) -> None:
    """New tables are read through the views by the rights of who has the views, whoever made the tables."""
    (owner_url, dashboard_url) = url_as(told_url, DatabaseRole.OWNER, DatabaseRole.DASHBOARD)
    rebuild(owner_url)
    rebuild(told_url)
    with psycopg.connect(dashboard_url) as connection:
        assert connection.execute("SELECT count(*) FROM switches").fetchone() == (1,)


def test_a_view_that_is_read_is_waited_for(told_url: str) -> None:
    """An open transaction of a dashboard keeps its lock and goes on; the change comes when it has ended."""
    (url,) = url_as(told_url, DatabaseRole.DASHBOARD)
    changing = threading.Thread(target=rebuild, args=(told_url,))
    with psycopg.connect(url) as connection:
        before = connection.execute("SELECT count(*) FROM switches").fetchone()
        changing.start()
        # Longer than PostgreSQL takes to look for a deadlock, at which it would end one of the two.
        changing.join(1.5)
        assert changing.is_alive()
        assert connection.execute("SELECT count(*) FROM switch_money").fetchone() == before
        assert connection.execute("SELECT count(*) FROM switches").fetchone() == before
    changing.join()
    assert _versions(told_url) == {"2"}


def test_a_session_that_never_ends_is_named(told_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that is held for minutes ends the change and shows what it did; the next migration goes on."""
    (url,) = url_as(told_url, DatabaseRole.DASHBOARD)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM organizations")
        with monkeypatch.context() as patch:
            patch.setattr(dashboards, "TRIES_MAX", 2)
            with pytest.raises(StoreUnavailable, match=r"planswitch_views\.organizations"):
                rebuild(told_url)
        assert connection.execute("SELECT count(*) FROM organizations").fetchone() == (1,)
    assert _versions(told_url) == {"1", "2"}
    create(told_url)
    assert _versions(told_url) == {"2"}


def test_what_is_so_already_is_not_touched(told_url: str) -> None:
    """A migration that changes no view waits for no dashboard."""
    (url,) = url_as(told_url, DatabaseRole.DASHBOARD)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM switches")
        migrate(told_url)
        create(told_url)
        assert connection.execute("SELECT count(*) FROM switches").fetchone() == (1,)


def _versions(database_url: str) -> set[str]:
    """Return the versions of the tables that the views read."""
    query = "SELECT definition FROM pg_views WHERE schemaname = 'planswitch_views'"
    with psycopg.connect(database_url) as connection:
        text = " ".join(definition for (definition,) in connection.execute(query))
    return set(re.findall(r"planswitch_read\.\w+_v(\d+)", text))
