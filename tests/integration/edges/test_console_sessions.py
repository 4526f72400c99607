"""Sessions of the console: what two processes and a restart share, and what ends a session everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.signing.signatures import CommandKeys
from console.access.dependencies import SESSION_COOKIE
from console.access.sessions import CODE_LIFETIME, SESSION_LIFETIME, Sessions
from store.migrate import migrate
from store.switch_store import SwitchStore
from tests.support.consoles.served_console import KEY, Answer, Served, ask, served
from tests.support.consoles.store_parts import open_store

API_KEY = "a-key-of-the-tests"
FIRST, SECOND = b"the-first-key-of-commands", b"the-second-key-of-commands"
WITH_KEY = {"X-API-Key": KEY}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    migrate(database_url)
    with open_store(database_url, tmp_path) as store:
        yield store


class World:
    """Consoles of one installation: each is a `Sessions` of its own, on one database and at one instant."""

    def __init__(self, store: SwitchStore) -> None:
        self.store = store
        self.now = datetime.now(tz=UTC)

    def console(
        self, *, api_key: str = API_KEY, signing: bytes = FIRST, second: bytes | None = None
    ) -> Sessions:
        """Return what one process knows."""
        keys = CommandKeys(signing=signing, second=second)
        return Sessions(api_key=api_key, command_keys=keys, spent=self.store, now=lambda: self.now)


@pytest.fixture(name="world")
def _world(store: SwitchStore) -> World:
    """Return consoles on a fresh database."""
    return World(store)


def test_codes_and_sessions_expire(world: World) -> None:
    """A code is void after its lifetime, a session after its own (security#sessions)."""
    sessions = world.console()
    used, late = sessions.new_code(), sessions.new_code()
    token = sessions.sign_in(used)
    assert token is not None

    world.now += CODE_LIFETIME + timedelta(seconds=1)
    assert sessions.sign_in(late) is None
    assert sessions.is_valid(token)
    world.now += SESSION_LIFETIME
    assert not sessions.is_valid(token)


def test_code_signs_in_once_wherever_it_is_used(world: World) -> None:
    """A code that one console took is used up for the others (security#sessions)."""
    code = world.console().new_code()

    assert world.console().sign_in(code) is not None
    assert world.console().sign_in(code) is None


def test_session_ends_everywhere(world: World) -> None:
    """A session is known to every console, and signed out for every console; others go on."""
    one, other = world.console(), world.console()
    mine, theirs = one.new_session(), one.new_session()
    assert other.is_valid(mine)

    other.sign_out(mine)

    assert [one.is_valid(mine), other.is_valid(mine), one.is_valid(theirs)] == [False, False, True]


def test_another_key_ends_sessions(world: World) -> None:
    """Another operator's key ends every session; the key of commands ends it once it is rolled out."""
    session = world.console().new_session()

    assert not world.console(api_key="another-key-of-the-tests").is_valid(session)
    assert world.console(signing=SECOND, second=FIRST).is_valid(session)
    assert world.console(signing=FIRST, second=SECOND).is_valid(session)
    assert not world.console(signing=SECOND).is_valid(session)


@pytest.mark.parametrize("given", ["", "x", ".", "a.b", "ÿ", "[].x"])
def test_what_we_did_not_sign_is_no_session(world: World, given: str) -> None:
    """A text from outside is neither a session nor a code, and a code is no session."""
    sessions = world.console()

    assert not sessions.is_valid(given)
    assert sessions.sign_in(given) is None
    assert not sessions.is_valid(sessions.new_code())
    assert sessions.sign_in(sessions.new_session()) is None
    sessions.sign_out(given)


def test_spent_tokens_are_forgotten_once_they_have_expired(world: World) -> None:
    """The table stays small: what expired a day ago goes with the next one that is spent."""
    long_ago = datetime.now(tz=UTC) - timedelta(days=2)

    assert world.store.spend("old", long_ago)
    assert world.store.spend("new", datetime.now(tz=UTC))
    assert [world.store.is_spent("old"), world.store.is_spent("new")] == [False, True]
    assert not world.store.spend("new", datetime.now(tz=UTC))


def _cookie(answer: Answer) -> dict[str, str]:
    """Return what a browser sends from then on."""
    value = answer.headers["set-cookie"].partition(";")[0]
    assert value.startswith(f"{SESSION_COOKIE}=")
    return {"Cookie": value}


def _list_page(console: Served, browser: dict[str, str]) -> int:
    return ask(console.port, "GET", "/", headers=browser).status


def test_two_processes_and_a_restart_know_one_session(database_url: str, tmp_path: Path) -> None:
    """A browser that signed in is known to every console, after a restart too, until it signs out."""
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    shared = {
        f"PLANSWITCH_{name}_FILE": str(folders[0] / file)
        for name, file in (("COMMAND_KEY", "command.key"), ("MASTER_KEY", "master.key"))
    }
    with ExitStack() as running:
        one = running.enter_context(served(database_url, folders[0]))
        with served(database_url, folders[1], **shared) as two:
            path = ask(two.port, "POST", "/api/sign-in-codes", headers=WITH_KEY).document["path"]
            browser = _cookie(ask(one.port, "GET", path))
            assert ask(two.port, "GET", path).status == 401
            assert [_list_page(each, browser) for each in (one, two)] == [200, 200]
        again = running.enter_context(served(database_url, folders[2], **shared))
        assert _list_page(again, browser) == 200

        assert ask(again.port, "POST", "/sign-out", headers=browser).status == 401
        left = ask(again.port, "POST", "/sign-out", headers={**browser, **OWN_PAGE})
        assert (left.status, left.headers["location"]) == (303, "/sign-in")
        assert [_list_page(each, browser) for each in (one, again)] == [303, 303]
