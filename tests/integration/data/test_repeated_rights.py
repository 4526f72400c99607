"""Who gets a kept answer again, and what is never kept (api-data#writes)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from console.words.header_names import KEY_HEADER, REPLAYED_HEADER
from store.switch_store import SwitchStore
from store.vault.kept_answers import KeptAnswer, KeyedRequest
from tests.support.access.people import WHY, make_key, open_account, with_key
from tests.support.consoles.store_parts import lone_settings

KEY = "a-key-of-the-tests"
PEOPLE, KEYS, WEBHOOKS = "/api/v1/people", "/api/v1/keys", "/api/v1/webhooks"
_ROWS = "SELECT caller, key, request_digest FROM planswitch.idempotency_key"


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[tuple[TestClient, SwitchStore]]:
    """Yield a client of a console whose cloud and Temporal are down, and its store."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with (
        open_dependencies(settings) as dependencies,
        TestClient(create_app(dependencies), follow_redirects=False, raise_server_exceptions=False) as client,
    ):
        yield client, dependencies.store


@pytest.fixture(name="client")
def _client(store: tuple[TestClient, SwitchStore]) -> TestClient:
    """Return the client."""
    return store[0]


def _send(client: TestClient, key: str, path: str, **body: Any) -> Any:
    headers = {**with_key(key), KEY_HEADER: "one"}
    return client.post(path, json={"reason": WHY, **body}, headers=headers)


def _change(client: TestClient, path: str, **body: Any) -> None:
    answer = client.post(f"{PEOPLE}/{path}", json={"reason": WHY, **body}, headers=with_key(KEY))
    assert answer.status_code == 200, answer.text


def test_a_kept_answer_is_judged_before_it_is_given_again(client: TestClient) -> None:
    """Whoever lost the role, or shows a key without it, is refused; with the role the answer is there."""
    open_account(client, KEY, "ann", "administrator")
    _, whole = make_key(client, KEY, "ann")
    _, limited = make_key(client, KEY, "ann", roles=[{"role": "viewer"}])
    first = _send(client, whole, PEOPLE, name="newcomer")
    narrow = _send(client, limited, PEOPLE, name="newcomer")
    _change(client, "ann/withdrawals", role="administrator")
    without = _send(client, whole, PEOPLE, name="newcomer")
    _change(client, "ann/grants", role="administrator")
    again = _send(client, whole, PEOPLE, name="newcomer")

    assert first.status_code == 201, first.text
    assert [(each.status_code, each.json()["code"]) for each in (narrow, without)] == [(403, "FORBIDDEN")] * 2
    assert "newcomer" not in narrow.text + without.text
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers[REPLAYED_HEADER] == "true"
    assert client.get(f"{PEOPLE}/newcomer", headers=with_key(KEY)).json()["account"]["version"] == 1


def test_what_a_use_case_judged_is_given_to_nobody_who_may_do_less(client: TestClient) -> None:
    """A key without the reach of the one that got the answer is refused, also where every key may ask."""
    open_account(client, KEY, "ann", "operator")
    ended_id, _ = make_key(client, KEY, "ann")
    _, whole = make_key(client, KEY, "ann")
    _, limited = make_key(client, KEY, "ann", roles=[{"role": "operator", "organizations": ["contoso"]}])
    first = _send(client, whole, f"{KEYS}/{ended_id}/revoke")
    narrow = _send(client, limited, f"{KEYS}/{ended_id}/revoke")
    again = _send(client, whole, f"{KEYS}/{ended_id}/revoke")

    assert (first.status_code, again.content) == (200, first.content)
    assert (narrow.status_code, narrow.json()["code"]) == (403, "FORBIDDEN")
    assert ended_id not in narrow.text


def test_an_ended_credential_gets_no_kept_answer(client: TestClient) -> None:
    """A revoked key gets 401 in place of the answer that it got before."""
    key_id, text = make_key(client, KEY)
    first = _send(client, text, PEOPLE, name="newcomer")
    client.post(f"{KEYS}/{key_id}/revoke", json={"reason": WHY}, headers=with_key(KEY))
    refused = _send(client, text, PEOPLE, name="newcomer")

    assert (first.status_code, refused.status_code) == (201, 401)
    assert "newcomer" not in refused.text


@pytest.mark.parametrize("made", ["key", "rotated key", "sign-in code", "webhook", "webhook secret"])
def test_a_secret_is_kept_nowhere(
    store: tuple[TestClient, SwitchStore], database_url: str, made: str
) -> None:
    """The second try learns that the first one was carried out, makes nothing, and gets no secret."""
    client, kept = store
    path, body, field = _making(client, made)
    first, second = (_send(client, KEY, path, **body) for _ in range(2))
    secret = first.json()[field]

    assert first.is_success
    assert first.headers["Cache-Control"] == "no-store"
    assert (second.status_code, second.json()["code"]) == (409, "ANSWER_NOT_KEPT"), second.text
    assert secret not in second.text
    contents = list(_opened(kept, database_url))
    assert len(contents) == 1
    assert secret not in contents[0]
    assert len(client.get(KEYS, headers=with_key(KEY)).json()["keys"]) == {"key": 1, "rotated key": 2}.get(
        made, 0
    )
    assert len(client.get(WEBHOOKS, headers=with_key(KEY)).json()["webhooks"]) == made.count("webhook")


def _making(client: TestClient, made: str) -> tuple[str, dict[str, Any], str]:
    """Return path and body of what makes a secret, and the field of the answer that has it."""
    if made == "key":
        return KEYS, {"label": "tests"}, "text"
    if made == "rotated key":
        return f"{KEYS}/{make_key(client, KEY)[0]}/rotate", {}, "text"
    if made == "sign-in code":
        return "/api/v1/sign-in-codes", {}, "path"
    endpoint = {"url": "https://hooks.example.com/", "reason": WHY}
    if made == "webhook":
        return WEBHOOKS, endpoint, "secret"
    webhook = client.post(WEBHOOKS, json=endpoint, headers=with_key(KEY)).json()["webhook"]
    return f"{WEBHOOKS}/{webhook['webhook_id']}/secrets", {}, "secret"


def _opened(store: SwitchStore, database_url: str) -> Iterator[str]:
    """Yield what is kept, as whoever has the master key reads it."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        for row in connection.execute(_ROWS).fetchall():
            claim = store.kept_answers.claim(KeyedRequest(**row), lease_seconds=1, kept_seconds=86_400)
            assert isinstance(claim, KeptAnswer)
            yield claim.content.decode()
