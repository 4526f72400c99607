"""The access log: what leaves an entry, who reads it, its files, and what happens without PostgreSQL."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import psycopg
import pytest

from console.access.wrong_tries import WrongTries
from domain.people.access import AccessEntry, AccessFilter, AccessKind, RecordedAccess
from domain.people.roles import Role
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.errors import unavailable
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from tests.support.access.documented_roles import documented
from tests.support.access.role_world import KEY, RoleWorld, role_world
from tests.support.databases.database_roles import url_as

EVERYTHING = AccessFilter()


@pytest.fixture(scope="module", name="url")
def _url(postgres_server: EmbeddedPostgres) -> str:
    """Return a database."""
    return postgres_server.create_database("access_log_of_the_tests")


@pytest.fixture(scope="module", name="world")
def _world(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoleWorld]:
    """Yield a console with the things of two organizations."""
    with role_world(url, tmp_path_factory.mktemp("log")) as world:
        yield world


def newest(world: RoleWorld) -> RecordedAccess:
    """Return the newest entry."""
    (entry,) = world.store.accesses(EVERYTHING, limit=1)
    return entry


def count(world: RoleWorld) -> int:
    """Return how many entries there are."""
    return sum(1 for _ in world.store.every_access(EVERYTHING))


def test_a_sign_in_and_a_sign_out_leave_an_entry(world: RoleWorld) -> None:
    """Who signed in, where from and by which credential (access-log#what-is-recorded)."""
    signed_in = world.client.post("/sign-in", data={"key": KEY})
    began = newest(world)
    world.client.post(
        "/sign-out", headers={"Cookie": signed_in.headers["set-cookie"], "Sec-Fetch-Site": "same-origin"}
    )
    ended = newest(world)

    assert (began.kind, began.actor) == (AccessKind.SIGN_IN, "local-operator")
    # The session that began is named by its id, and its secret stands nowhere.
    session_id, _, secret = signed_in.cookies["planswitch_session"].partition("_")
    assert began.credential_id == ended.credential_id == session_id
    assert secret not in str(list(world.store.every_access(EVERYTHING)))
    assert (began.address, began.method, began.route, began.status) == (
        "testclient",
        "POST",
        "/sign-in",
        303,
    )
    assert (ended.kind, ended.actor, ended.route) == (AccessKind.SIGN_OUT, "local-operator", "/sign-out")
    assert KEY not in str(list(world.store.every_access(EVERYTHING)))


def test_each_refusal_leaves_an_entry(world: RoleWorld) -> None:
    """A wrong key with the account that it names, and a role that is missing (access-log#entries)."""
    world.client.get("/api/switches", headers={"X-API-Key": "psk_0a1b2c_wrong-wrong-wrong"})
    wrong_key = newest(world)
    auditor = world.caller(Role.AUDITOR, actor="ann@example.com")
    request = {"X-Request-ID": "request-of-ann-1", **auditor}
    world.client.post(f"/api/switches/{world.own.switch_id}/pause", json={"reason": "x"}, headers=request)
    forbidden = newest(world)

    assert (wrong_key.kind, wrong_key.status, wrong_key.actor) == (AccessKind.REFUSAL, 401, "")
    assert wrong_key.credential_id == "psk_0a1b2c"
    assert (forbidden.kind, forbidden.status, forbidden.actor) == (
        AccessKind.REFUSAL,
        403,
        "ann@example.com",
    )
    assert (forbidden.route, forbidden.request_id) == ("/api/v1/switches/{switch}/pause", "request-of-ann-1")


def test_every_change_leaves_an_entry_also_one_that_failed(world: RoleWorld) -> None:
    """A write is recorded with its status and the organization that it names (access-log#entries)."""
    operator = world.caller(Role.OPERATOR, actor="olaf@example.com")
    world.client.post(
        f"/api/checkouts/{world.own.checkout_id}/abandon", json={"reason": "no"}, headers=operator
    )
    refused = world.client.post("/api/quotes", json={"organization_id": "x"}, headers=operator)
    failed = newest(world)
    abandoned = world.store.accesses(AccessFilter(organization_id=world.own.organization_id), limit=1)[0]

    assert (abandoned.kind, abandoned.actor) == (AccessKind.CHANGE, "olaf@example.com")
    assert (abandoned.route, abandoned.organization_id) == (
        "/api/v1/checkouts/{checkout_id}/abandon",
        world.own.organization_id,
    )
    assert (failed.kind, failed.route, failed.status) == (
        AccessKind.CHANGE,
        "/api/v1/quotes",
        refused.status_code,
    )


def test_a_read_of_persons_leaves_an_entry_and_any_other_read_none(world: RoleWorld) -> None:
    """The routes are those that docs/roles.md marks; a path with a user's id stands there as its template."""
    auditor, viewer = world.caller(Role.AUDITOR, actor="ann@example.com"), world.caller(Role.VIEWER)
    before = count(world)
    world.client.get("/api/switches", headers=viewer)
    world.client.get(f"/api/switches/{world.own.switch_id}/timeline", headers=viewer)
    assert count(world) == before

    world.client.get(f"/api/switches/{world.own.switch_id}/users/secret-user-id", headers=auditor)
    entry = newest(world)
    assert documented("API")["GET /api/switches/{switch}/users/{user}"].shows_persons
    assert (entry.kind, entry.shows_persons) == (AccessKind.PERSONS_READ, True)
    assert (entry.route, entry.organization_id) == (
        "/api/v1/switches/{switch}/users/{user}",
        world.own.organization_id,
    )
    assert "secret-user-id" not in str(list(world.store.every_access(EVERYTHING)))


def test_a_page_that_asks_again_leaves_one_entry(world: RoleWorld) -> None:
    """The same caller's same question is one entry in a minute; another caller's is another one."""
    path = f"/api/switches/{world.own.switch_id}/drift"
    before, ann, bob = count(world), world.caller(Role.AUDITOR), world.caller(Role.OPERATOR)
    for headers in (ann, ann, ann, bob):
        assert world.client.get(path, headers=headers).status_code == 200

    assert count(world) - before == 2


def test_persons_are_not_handed_out_without_an_entry(world: RoleWorld) -> None:
    """Where the log can't be written a read of persons is refused, and all else is answered.

    See access-log#when-it-cant-be-written.
    """
    auditor = world.caller(Role.AUDITOR)
    users = f"/api/switches/{world.own.switch_id}/unresolved"
    assert world.client.get(users, headers=world.caller(Role.OPERATOR)).status_code == 200

    def away(_store: SwitchStore, _entry: AccessEntry) -> None:
        raise unavailable(psycopg.OperationalError("gone"))

    with patch.object(SwitchStore, "add_access", away):
        refused = world.client.get(users, headers=auditor)
        unmarked = world.client.get("/api/switches", headers=auditor)
        stranger = world.client.get(users)

    assert (refused.status_code, refused.json()["code"]) == (503, "ACCESS_LOG_UNAVAILABLE")
    assert "users" not in refused.json()
    assert unmarked.status_code == 200
    assert stranger.status_code == 401


def test_a_flood_of_strangers_does_not_fill_the_log(world: RoleWorld) -> None:
    """Of one address at most 30 refusals in a minute are recorded (access-log#when-it-cant-be-written)."""
    state = world.client.app._app.state  # type: ignore[attr-defined]
    shared, before = state.dependencies, count(world)
    state.dependencies = replace(shared, refusals=WrongTries())
    try:
        for _ in range(60):
            assert world.client.get("/api/switches").status_code == 401
    finally:
        state.dependencies = shared

    assert count(world) - before == 30


def test_an_auditor_of_one_organization_reads_its_entries_alone(world: RoleWorld) -> None:
    """Entries of others, and those without an organization, need an auditor of all (docs/access-log.md)."""
    operator = world.caller(Role.OPERATOR)
    for each in (world.own, world.other):
        world.client.post(f"/api/checkouts/{each.checkout_id}/abandon", json={}, headers=operator)
    mine = world.caller(Role.AUDITOR, world.own.organization_id)
    own = world.client.get("/api/v1/access-log?limit=500", headers=mine).json()["entries"]
    exported = world.client.get("/api/v1/access-log/export?format=jsonl", headers=mine).text
    everybodys = world.client.get("/api/v1/access-log?limit=500", headers=world.caller(Role.AUDITOR)).json()
    organizations = {each["organization_id"] for each in everybodys["entries"]}

    assert {each["organization_id"] for each in own} == {world.own.organization_id}
    assert world.other.organization_id not in exported
    assert {"", world.own.organization_id, world.other.organization_id} <= organizations
    assert world.client.get("/access-log", headers=world.caller(Role.VIEWER)).status_code == 403


def test_pages_meet_every_entry_once(world: RoleWorld) -> None:
    """Pages go on by number: entries that come meanwhile move nobody's page (access-log#export)."""
    auditor = world.caller(Role.AUDITOR)
    for number in range(5):
        world.client.get(f"/access-log?person={number}", headers=auditor)
    whole = [each.number for each in world.store.every_access(EVERYTHING)]
    met: list[int] = []
    after = ""
    while True:
        answer = world.client.get(f"/api/v1/access-log?limit=3{after}", headers=auditor).json()
        met += [each["number"] for each in answer["entries"]]
        if answer["next"] is None:
            break
        after = f"&after={answer['next']}"

    assert len(met) == len(set(met))
    assert [number for number in met if number <= whole[0]] == whole


def test_the_export_is_whole_and_holds_no_formula(world: RoleWorld) -> None:
    """CSV and JSON lines have the same entries; a cell that a spreadsheet would run is safe."""
    attack = '=HYPERLINK("http://evil.example")'
    evil = world.caller(Role.OPERATOR, actor=attack)
    world.client.post(f"/api/checkouts/{world.own.checkout_id}/abandon", json={}, headers=evil)
    auditor = world.caller(Role.AUDITOR)
    address = "/api/v1/access-log/export?kind=change&format"
    by_csv = world.client.get(f"{address}=csv", headers=auditor)
    by_json = world.client.get(f"{address}=jsonl", headers=auditor)
    rows = list(csv.DictReader(io.StringIO(by_csv.text.removeprefix("\ufeff"))))
    lines = [json.loads(line) for line in by_json.text.splitlines()]

    assert by_csv.headers["content-type"].startswith("text/csv")
    assert [row["number"] for row in rows] == [str(line["number"]) for line in lines]
    assert {line["kind"] for line in lines} == {"change"}
    assert lines[0]["actor"] == attack
    assert rows[0]["actor"] == f"'{attack}"


@pytest.mark.parametrize(
    "query", ["kind=none", "since=2026-11-30T09:00:00", "limit=0", "after=0", "format=xml", "since=x"]
)
def test_a_wrong_filter_is_refused(world: RoleWorld, query: str) -> None:
    """A bad value names its field, and is no empty list (docs/errors.md#wrong-inputs)."""
    path = "/export" if query.startswith("format") else ""
    answer = world.client.get(f"/api/v1/access-log{path}?{query}", headers=world.caller(Role.AUDITOR))

    assert (answer.status_code, answer.json()["field"]) == (422, query.partition("=")[0])


def test_the_page_shows_and_filters(world: RoleWorld) -> None:
    """The page has the entries, leads to both files, and refuses a day that is none (docs/access-log.md)."""
    auditor = world.caller(Role.AUDITOR, actor="<b>ann</b>")
    # The files are offered beside entries: this read is one, whichever test comes first.
    world.client.get("/access-log", headers=auditor)
    shown = world.client.get("/access-log?kind=persons_read&first_on=2026-01-01", headers=auditor)
    again = world.client.get("/access-log", headers=auditor)
    nothing = world.client.get("/access-log?person=nobody-at-all", headers=auditor)
    wrong = world.client.get("/access-log?first_on=yesterday", headers=auditor)

    assert shown.status_code == 200
    assert "/api/v1/access-log/export?format=csv&amp;kind=persons_read" in shown.text
    assert "&lt;b&gt;ann&lt;/b&gt;" in again.text
    assert "<b>ann</b>" not in again.text
    assert "No entry matches" in nothing.text
    assert wrong.status_code == 422


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_an_entry(world: RoleWorld, url: str, statement: str) -> None:
    """The trigger refuses the owner, and PostgreSQL the console's role (access-log#guarantees)."""
    world.client.get("/access-log", headers=world.caller(Role.AUDITOR))
    before = count(world)
    for each in (url, url_as(url, DatabaseRole.WORKER)[0]):
        with psycopg.connect(each) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.format("planswitch.access_log").encode())

    assert count(world) == before > 0


def test_wrong_keys_are_counted_for_their_account(world: RoleWorld) -> None:
    """Who tries one account from many addresses is stopped; other accounts are not (limits#wrong-keys)."""
    tries = world.client.app._app.state.dependencies.wrong_tries  # type: ignore[attr-defined]
    for _ in range(100):
        tries.count("keys of one account", "psk_victim")
    tried = {"X-API-Key": "psk_victim_some-secret-some-secret"}
    other = {"X-API-Key": "psk_another_some-secret-some-secret"}

    refused = world.client.get("/api/switches", headers=tried)
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_WRONG_TRIES")
    assert "account" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) <= 61
    assert world.client.get("/api/switches", headers=other).status_code == 401
