"""Keys over a whole console: made, limited, rotated, revoked, expired, and never more than their account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from tests.support.access.people import WHY, make_key, open_account, with_key
from tests.support.consoles.store_parts import lone_settings

KEY = "a-key-of-the-tests"
ADMIN = with_key(KEY)
LOCAL = "olga"


class Clock:
    """The console's clock, which a test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(tz=UTC)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.at


@pytest.fixture(name="clock")
def _clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY, local_actor=LOCAL)
    with open_dependencies(settings) as dependencies:
        app = create_app(replace(dependencies, now=clock))
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            yield client


def _who(client: TestClient, key: str) -> Any:
    return client.get("/api/v1/account", headers=with_key(key))


def _post(client: TestClient, key: str, path: str, **body: Any) -> Any:
    return client.post(path, json={"reason": WHY, **body}, headers=with_key(key))


def test_a_key_is_shown_once_and_lets_in_as_its_account(client: TestClient, database_url: str) -> None:
    """The answer that makes a key has it; the database has its SHA-256, no list shows it (people#keys)."""
    open_account(client, KEY, "ci", "operator", kind="service_account")
    key_id, text = make_key(client, KEY, "ci")

    who = _who(client, text).json()
    listed = client.get("/api/v1/keys", headers=ADMIN)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT k::text FROM planswitch.api_key k").fetchall()

    assert (who["account"]["name"], who["account"]["owner"], who["credential_id"]) == ("ci", LOCAL, key_id)
    assert [each["text"] for each in who["reach"]] == ["operator"]
    secret = text.rpartition("_")[2]
    assert len(rows) == 1
    assert secret not in rows[0][0] + listed.text
    assert [each["used_at"] is not None for each in listed.json()["keys"]] == [True]


@pytest.mark.parametrize("end", ["expired", "revoked", "blocked"])
def test_a_key_that_ended_lets_nobody_in(client: TestClient, clock: Clock, end: str) -> None:
    """Whatever ended it, the answer is that to a key that never was (people#keys)."""
    open_account(client, KEY, "ci", "operator", kind="service_account")
    key_id, text = make_key(client, KEY, "ci", days=2)
    assert _who(client, text).status_code == 200

    if end == "revoked":
        assert _post(client, KEY, f"/api/v1/keys/{key_id}/revoke").json()["state"] == "ended"
    elif end == "blocked":
        assert _post(client, KEY, "/api/v1/people/ci/block").status_code == 200
    else:
        clock.at += timedelta(days=2)
    refused, stranger = _who(client, text), _who(client, f"psk_{'0' * 10}_{'0' * 64}")

    assert refused.status_code == stranger.status_code == 401
    facts = [each.json() | {"request_id": ""} for each in (refused, stranger)]
    assert facts[0] == facts[1]


def test_a_rotated_key_goes_on_for_the_overlap(client: TestClient, clock: Clock) -> None:
    """Both keys let in for a while, then the new one alone (people#keys)."""
    old_id, old = make_key(client, KEY)
    rotated = _post(client, KEY, f"/api/v1/keys/{old_id}/rotate", overlap_hours=2)
    new = rotated.json()["text"]

    assert rotated.json()["key"]["replaces"] == old_id
    assert [_who(client, each).status_code for each in (old, new)] == [200, 200]
    clock.at += timedelta(hours=2)
    assert [_who(client, each).status_code for each in (old, new)] == [401, 200]
    assert _post(client, KEY, f"/api/v1/keys/{old_id}/rotate").status_code == 409


def test_a_limited_key_can_not_get_more(client: TestClient) -> None:
    """It makes, rotates and ends no key that reaches farther, nor does its session (people#keys)."""
    whole_id, _ = make_key(client, KEY)
    scope = [{"role": "viewer", "organizations": ["contoso"]}]
    own_id, limited = make_key(client, KEY, roles=scope)

    assert [each["text"] for each in _who(client, limited).json()["reach"]] == ["viewer@contoso"]
    for act in ("rotate", "revoke"):
        assert _post(client, limited, f"/api/v1/keys/{whole_id}/{act}").status_code == 403
    more = _post(client, limited, "/api/v1/keys", label="x", roles=[{"role": "operator"}])
    assert (more.status_code, more.json()["field"]) == (422, "roles")
    _, same = make_key(client, limited)
    assert [each["text"] for each in _who(client, same).json()["reach"]] == ["viewer@contoso"]
    assert client.get("/api/v1/people", headers=with_key(limited)).json()["code"] == "FORBIDDEN"

    client.post("/sign-in", data={"key": limited})
    by_session = client.get("/api/v1/account").json()
    assert [each["text"] for each in by_session["reach"]] == ["viewer@contoso"]
    assert client.get("/people").status_code == 403
    path = client.post("/api/sign-in-codes", headers=with_key(limited)).json()["path"]
    client.cookies.clear()
    assert client.get(path).status_code == 303
    assert [each["text"] for each in client.get("/api/v1/account").json()["reach"]] == ["viewer@contoso"]
    client.cookies.clear()
    assert _post(client, limited, f"/api/v1/keys/{own_id}/revoke").status_code == 200


def test_nobody_else_sees_or_ends_a_key(client: TestClient) -> None:
    """Keys of others are not there for whoever is no administrator."""
    open_account(client, KEY, "ci", "operator", kind="service_account")
    open_account(client, KEY, "ida", "viewer")
    foreign_id, _ = make_key(client, KEY, "ci")
    _, idas = make_key(client, KEY, "ida")

    assert {
        each["account"] for each in client.get("/api/v1/keys", headers=with_key(idas)).json()["keys"]
    } == {"ida"}
    assert client.get("/api/v1/keys?account=ci", headers=with_key(idas)).status_code == 403
    assert _post(client, idas, f"/api/v1/keys/{foreign_id}/revoke").status_code == 404
    assert _post(client, idas, f"/api/v1/keys/{foreign_id}/rotate").status_code == 404
    assert _post(client, idas, "/api/v1/keys", account="ci", label="x").status_code == 403
    for path in ("", "/ci", "/ida"):
        assert client.get(f"/api/v1/people{path}", headers=with_key(idas)).status_code == 403
    for act in ("grants", "withdrawals"):
        assert _post(client, idas, f"/api/v1/people/ida/{act}", role="administrator").status_code == 403
    assert _post(client, idas, "/api/v1/people", name="x").status_code == 403
    assert _post(client, idas, "/api/v1/people/ci/block").status_code == 403


def test_a_change_of_roles_counts_from_the_next_request_on(client: TestClient) -> None:
    """Granted and withdrawn at once, for a key that was made before, and recorded (people#accounts)."""
    open_account(client, KEY, "ida", "viewer")
    _, idas = make_key(client, KEY, "ida")
    assert client.get("/api/v1/people", headers=with_key(idas)).status_code == 403

    _post(client, KEY, "/api/v1/people/ida/grants", role="administrator")
    assert client.get("/api/v1/people", headers=with_key(idas)).status_code == 200
    _post(client, idas, "/api/v1/people/ida/withdrawals", role="administrator")
    assert client.get("/api/v1/people", headers=with_key(idas)).status_code == 403

    changes = client.get("/api/v1/people/ida", headers=ADMIN).json()["changes"]
    assert [(each["change"], each["actor"], each["reason"]) for each in changes] == [
        ("withdrawn", "ida", WHY),
        ("granted", LOCAL, WHY),
        ("opened", LOCAL, WHY),
    ]


def test_the_last_administrator_can_not_lock_itself_out(client: TestClient) -> None:
    """Neither withdrawn nor blocked; with a second one both are allowed (people#the-last-administrator)."""
    withdrawal = {"role": "administrator"}
    refused = [
        _post(client, KEY, f"/api/v1/people/{LOCAL}/withdrawals", **withdrawal),
        _post(client, KEY, f"/api/v1/people/{LOCAL}/block"),
    ]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(409, "LAST_ADMINISTRATOR")}
    assert _who(client, KEY).status_code == 200

    open_account(client, KEY, "ida", "administrator")
    _, idas = make_key(client, KEY, "ida")
    assert _post(client, idas, f"/api/v1/people/{LOCAL}/block").status_code == 200
    assert _who(client, KEY).status_code == 401
    last = _post(client, idas, "/api/v1/people/ida/withdrawals", **withdrawal)
    assert last.json()["code"] == "LAST_ADMINISTRATOR"


@pytest.mark.parametrize("name", [LOCAL, "OLGA", "temporal", "a b", "", "x" * 101])
def test_a_name_that_is_taken_or_none_is_refused(client: TestClient, name: str) -> None:
    """Nobody gets the name of somebody else, in whatever case; nothing is changed."""
    refused = _post(client, KEY, "/api/v1/people", name=name)

    assert refused.status_code in {409, 422}
    assert [each["name"] for each in client.get("/api/v1/people", headers=ADMIN).json()["accounts"]] == [
        LOCAL
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"days": "30"}, "days"),
        ({"label": ""}, "label"),
        ({"reason": " "}, "reason"),
        ({"roles": [{"role": "root"}]}, "role"),
        ({"roles": [{"role": "viewer", "organizations": []}]}, "organizations"),
        ({"actor": "ceo"}, "actor"),
        ({"account": "nobody"}, ""),
    ],
)
def test_a_wrong_key_body_is_refused_and_makes_nothing(
    client: TestClient, body: dict[str, Any], field: str
) -> None:
    """The field is named, and no key is made."""
    refused = _post(client, KEY, "/api/v1/keys", **{"label": "x", **body})

    assert refused.status_code in {404, 422}, refused.text
    assert field in refused.json().get("field", "")
    assert client.get("/api/v1/keys", headers=ADMIN).json()["keys"] == []


@pytest.mark.parametrize("header", ["X-Actor", "X-Forwarded-User", "X-Remote-User", "From"])
def test_no_header_names_the_actor(client: TestClient, header: str) -> None:
    """Who acts is the credential's account, whatever a request says (people#actors-cant-be-forged)."""
    open_account(client, KEY, "ida", "administrator")
    _, idas = make_key(client, KEY, "ida")

    body = {"role": "viewer", "reason": WHY}
    headers = {**with_key(idas), header: "ceo"}
    answer = client.post(f"/api/v1/people/{LOCAL}/grants", json=body, headers=headers)
    forged = client.post(f"/api/v1/people/{LOCAL}/grants", json={**body, "actor": "ceo"}, headers=headers)
    changes = client.get(f"/api/v1/people/{LOCAL}", headers=ADMIN).json()["changes"]

    assert (answer.status_code, forged.status_code) == (200, 422)
    assert [each["actor"] for each in changes] == ["ida"]


def test_the_record_of_people_is_never_changed(client: TestClient, database_url: str) -> None:
    """Every table of it but the last use refuses changes, also by its owner (people#what-is-stored)."""
    open_account(client, KEY, "ida", "viewer")
    make_key(client, KEY, "ida")
    client.post("/sign-in", data={"key": KEY})
    tables = ("account", "api_key", "api_key_end", "console_session", "console_session_end")
    for table in tables:
        for change in (SQL("DELETE FROM {}"), SQL("TRUNCATE {} CASCADE")):
            statement = change.format(Identifier("planswitch", table))
            with (
                psycopg.connect(database_url) as connection,
                pytest.raises(psycopg.Error, match="append-only"),
            ):
                connection.execute(statement)
