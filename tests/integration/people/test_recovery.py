"""Recovery of an administrator on the machine, by the command line and the database alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from tests.support.access.people import WHY, make_key, open_account, with_key
from tests.support.consoles.console_world import Ran, run_in_pipes
from tests.support.consoles.store_parts import lone_settings

KEY = "a-key-of-the-tests"
LOCAL = "local-operator"


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with open_dependencies(settings) as dependencies, TestClient(create_app(dependencies)) as client:
        client.app_state = {"url": settings.required_database_url()}
        yield client


def _recover(client: TestClient, folder: Path, *arguments: str) -> Ran:
    environment = {
        **os.environ,
        "DATABASE_URL": client.app_state["url"],
        "PLANSWITCH_DATA_DIR": str(folder),
        "PLANSWITCH_MASTER_KEY_FILE": str(folder / "master.key"),
        "PLANSWITCH_API_URL": "http://127.0.0.1:9",
    }
    return run_in_pipes(("admin", "recover", *arguments), environment)


def test_a_locked_out_administrator_comes_back(client: TestClient, tmp_path: Path) -> None:
    """Without a console: the built-in account is let in and administrator again, and that is recorded."""
    open_account(client, KEY, "ida", "administrator")
    _, idas = make_key(client, KEY, "ida")
    as_ida, body = with_key(idas), {"reason": WHY}
    assert client.post(f"/api/v1/people/{LOCAL}/block", json=body, headers=as_ida).status_code == 200
    withdrawal = {**body, "role": "administrator"}
    path = f"/api/v1/people/{LOCAL}/withdrawals"
    assert client.post(path, json=withdrawal, headers=as_ida).status_code == 200
    assert client.get("/api/v1/people", headers=with_key(KEY)).status_code == 401

    ran = _recover(client, tmp_path, "--reason", "ida has left")

    assert ran.code == 0, ran.err
    assert f"{LOCAL} is administrator over all organizations" in " ".join(ran.err.split())
    assert ran.longest_line <= 80
    answer = client.get(f"/api/v1/people/{LOCAL}", headers=with_key(KEY)).json()
    change = answer["changes"][0]
    assert (change["change"], change["reason"]) == ("recovered", "ida has left")
    assert change["actor"].startswith("machine:")
    again = _recover(client, tmp_path, "--reason", "again", "--json")
    assert json.loads(again.out)["is_unchanged"] is True
    assert client.get(f"/api/v1/people/{LOCAL}", headers=with_key(KEY)).json()["account"]["version"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("--account", "nobody", "--reason", "x"), 3, "UNKNOWN_ACCOUNT"),
        (("--reason", " "), 2, "--reason"),
        ((), 2, "--reason"),
    ],
)
def test_a_wrong_recovery_changes_nothing(
    client: TestClient, tmp_path: Path, arguments: tuple[str, ...], code: int, word: str
) -> None:
    """A name that nobody has, or no reason: refused, and nothing is recorded."""
    ran = _recover(client, tmp_path, *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert word in ran.err
    assert client.get("/api/v1/people", headers=with_key(KEY)).json()["accounts"][0]["version"] == 0
