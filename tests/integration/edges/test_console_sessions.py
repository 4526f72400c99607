"""Sessions of the console: what two processes and a restart share, and what ends a session everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.signing.signatures import CommandKeys
from console.access.dependencies import SESSION_COOKIE
from services.people.api_keys import ApiKeys, WantedKey
from services.people.credentials import Credential, Credentials
from services.people.people import People
from services.people.sessions import CODE_LIFETIME, SESSION_LIFETIME, Sessions
from store.migrate import migrate
from store.switch_store import SwitchStore
from tests.support.consoles.served_console import KEY, Answer, Served, ask, served
from tests.support.consoles.store_parts import open_store

API_KEY = "a-key-of-the-tests"
LOCAL = "olga"
FIRST, SECOND = b"the-first-key-of-commands", b"the-second-key-of-commands"
WITH_KEY = {"X-API-Key": KEY}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    migrate(database_url)
    with open_store(database_url, tmp_path) as store:
        yield store


@dataclass(frozen=True, kw_only=True)
class Process:
    """What one console knows."""

    people: People
    credentials: Credentials
    sessions: Sessions
    api_keys: ApiKeys

    def operator(self, key: str = API_KEY) -> Credential:
        """Return the credential of a key that lets in."""
        credential = self.credentials.of_key(key)
        assert credential is not None
        return credential

    def operator_session(self) -> str:
        """Return the token of a browser that signed in with the installation's key."""
        key_id = self.credentials.operator_key_id()
        return self.sessions.begin(LOCAL, began_by="key", key_id=key_id)

    def is_valid(self, token: str) -> bool:
        """Tell whether a session lets in here."""
        return self.sessions.credential(token) is not None


class World:
    """Consoles of one installation, on one database and at one instant."""

    def __init__(self, store: SwitchStore) -> None:
        self.store = store
        self.now = datetime.now(tz=UTC)

    def console(
        self, *, api_key: str = API_KEY, signing: bytes = FIRST, second: bytes | None = None
    ) -> Process:
        """Return what one process knows."""
        keys = CommandKeys(signing=signing, second=second)

        def now() -> datetime:
            return self.now

        people = People(self.store, local_actor=LOCAL, now=now)
        credentials = Credentials(
            self.store, people, api_key=api_key, local_actor=LOCAL, command_keys=keys, now=now
        )
        sessions = Sessions(self.store, credentials, api_key=api_key, command_keys=keys, now=now)
        api_keys = ApiKeys(self.store, people, has_provider=False, now=now)
        return Process(people=people, credentials=credentials, sessions=sessions, api_keys=api_keys)


@pytest.fixture(name="world")
def _world(store: SwitchStore) -> World:
    """Return consoles on a fresh database."""
    return World(store)


def test_codes_and_sessions_expire(world: World) -> None:
    """A code is void after its lifetime, a session after its own (security#sessions)."""
    console = world.console()
    used, late = (console.sessions.new_code(console.operator()) for _ in range(2))
    token = console.sessions.use_code(used)
    assert token is not None

    world.now += CODE_LIFETIME + timedelta(seconds=1)
    assert console.sessions.use_code(late) is None
    assert console.is_valid(token)
    world.now += SESSION_LIFETIME
    assert not console.is_valid(token)


def test_code_signs_in_once_wherever_it_is_used(world: World) -> None:
    """A code that one console took is used up for the others (security#sessions)."""
    maker = world.console()
    code = maker.sessions.new_code(maker.operator())

    assert world.console().sessions.use_code(code) is not None
    assert world.console().sessions.use_code(code) is None


def test_session_ends_everywhere(world: World) -> None:
    """A session is known to every console, and signed out for every console; others go on."""
    one, other = world.console(), world.console()
    mine, theirs = one.operator_session(), one.operator_session()
    assert other.is_valid(mine)

    other.sessions.end_token(mine, reason="Signed out.")

    assert [one.is_valid(mine), other.is_valid(mine), one.is_valid(theirs)] == [False, False, True]


def test_another_key_ends_sessions(world: World) -> None:
    """Another operator's key ends its sessions; the key of commands ends them once it is rolled out."""
    session = world.console().operator_session()

    assert not world.console(api_key="another-key-of-the-tests").is_valid(session)
    assert world.console(signing=SECOND, second=FIRST).is_valid(session)
    assert world.console(signing=FIRST, second=SECOND).is_valid(session)
    assert not world.console(signing=SECOND).is_valid(session)


def test_a_session_ends_with_the_key_that_it_came_from(world: World) -> None:
    """A session, and a link, reach no farther and no longer than their key (people#sessions)."""
    console = world.console()
    wanted = WantedKey(account=LOCAL, label="ci", scope=None, days=2, reason="tests")
    made, other = (console.api_keys.make(console.operator(), wanted) for _ in range(2))
    of_made, of_other = console.operator(made.text), console.operator(other.text)
    token = console.sessions.begin(LOCAL, began_by="key", key_id=made.key.key_id)
    kept = console.sessions.use_code(console.sessions.new_code(of_other))
    code = console.sessions.new_code(of_made)
    assert kept is not None
    assert console.is_valid(token)

    console.api_keys.revoke(console.operator(), made.key.key_id, reason="lost")

    assert not console.is_valid(token)
    assert console.sessions.use_code(code) is None
    assert console.is_valid(kept)
    world.now += timedelta(days=2)
    assert not console.is_valid(kept)


def test_a_blocked_account_has_no_session(world: World) -> None:
    """Whoever is blocked is signed out everywhere, and stays so when the block ends (people#block)."""
    console = world.console()
    console.people.grant(LOCAL, console.operator().principal.grants[0], by=LOCAL, reason="tests")
    wanted = WantedKey(account=LOCAL, label="ci", scope=None, days=2, reason="tests")
    key = console.api_keys.make(console.operator(), wanted)
    console.people.recover(LOCAL, by="machine:root", reason="tests")
    token = console.operator_session()
    _second_administrator(console)

    console.people.block(LOCAL, by="ida", reason="left")

    assert not console.is_valid(token)
    assert [console.credentials.of_key(each) for each in (API_KEY, key.text)] == [None, None]
    console.people.unblock(LOCAL, by="ida", reason="is back")
    assert not console.is_valid(token)
    assert console.credentials.of_key(key.text) is not None


def _second_administrator(console: Process) -> None:
    account = console.people.account(LOCAL)
    other = type(account)(name="ida", kind=account.kind, grants=account.grants)
    console.people.open(other, by=LOCAL, reason="tests")


@pytest.mark.parametrize("given", ["", "x", ".", "a.b", "ÿ", "[].x", f"{'0' * 32}_{'0' * 64}"])
def test_what_we_did_not_make_is_no_session(world: World, given: str) -> None:
    """A text from outside is neither a session nor a code, and a code is no session."""
    console = world.console()

    assert not console.is_valid(given)
    assert console.sessions.use_code(given) is None
    assert not console.is_valid(console.sessions.new_code(console.operator()))
    assert console.sessions.use_code(console.operator_session()) is None
    console.sessions.end_token(given, reason="Signed out.")


def test_the_secret_of_a_session_is_stored_by_nobody(world: World) -> None:
    """The database has the digest alone: whoever reads it can't sign in (people#sessions)."""
    token = world.console().operator_session()
    session_id, _, secret = token.partition("_")

    stored = world.store.console_sessions.session_with_digest(session_id)

    assert stored is not None
    assert secret.encode() not in stored[1]
    assert not world.console().is_valid(f"{session_id}_{stored[1].hex()}")


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


@pytest.mark.long
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
