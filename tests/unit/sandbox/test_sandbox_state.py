"""The sandbox keeps what it promised: journal, restart, generator, faults and control API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.kernel.clock import ManualClock
from sandbox.kernel.journal import JOURNAL_NAME, JournalBroken, JournalInUse, read_records
from sandbox.server import create_app
from tests.support.clouds.sandbox_world import E1, E3, START, World, move_whole_organization, open_world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _everything(world: World) -> dict[str, Any]:
    paths = {
        "users": f"/sandbox/organizations/{world.made['organization_id']}/users",
        "pools": "/v1.0/subscribedSkus",
        "purchases": "/v1.0/directory/subscriptions",
        "subscriptions": world.seller("/subscriptions"),
        "orders": world.seller("/orders"),
        "ledger": world.billing("/ledger"),
        "settings": "/sandbox/settings",
        "organizations": "/sandbox/organizations",
    }
    return {name: world.get(path) for name, path in paths.items()}


def test_restart_keeps_everything(world: World) -> None:
    """After a switch and edits of every kind, a restart shows the very same cloud."""
    move_whole_organization(world)
    users = world.user_ids(E3)
    world.edit(kind="licenses", user_id=users[0], add=[{"skuId": E1, "disabledPlans": []}], remove=[E3])
    world.edit(kind="delete_user", user_id=users[1])
    world.edit(kind="add_user", display_name="Nora New", plan_id=E1)
    world.edit(kind="user", user_id=users[2], usage_location=None, is_enabled=False)
    world.edit(kind="group_license", user_id=users[3], plan_id=E3, keep_direct=True)
    world.edit(kind="health", service="Exchange Online", status="serviceDegradation")
    world.edit(kind="profile", changes={"payment_method": "invoice"})
    changes = {"is_trial": True, "service_statuses": {"c7699d2e-19aa-44de-8edf-1736da088ca1": "Error"}}
    world.edit(kind="subscription", subscription_id=world.made["subscription_id"], changes=changes)
    before = _everything(world)
    world.restart()

    assert _everything(world) == before


def test_licenses_given_back_leave_no_credit_to_settle(world: World) -> None:
    """Every credit arrives at once although one of the ledger never travels, and a restart reads it again."""
    source, bought = world.made["subscription_id"], world.made["quantity"]
    world.edit(kind="quantity", subscription_id=source, quantity=bought - 1, from_on="2026-11-10")
    world.edit(kind="credit_settlement")
    world.restart()

    kinds = [entry["kind"] for entry in world.get(world.billing("/ledger"))["entries"]]
    assert kinds[-1] == "credit"


def test_torn_last_line_is_dropped(world: World, tmp_path: Path) -> None:
    """A line that a killed server left unfinished is cut off, and the next record starts clean."""
    before = _everything(world)
    world.close()
    journal = tmp_path / JOURNAL_NAME
    whole = journal.read_bytes()
    with journal.open("ab") as torn:
        torn.write(b'{"type":"licenses","at":"2026')
    world.restart()

    assert _everything(world) == before
    assert journal.read_bytes() == whole
    world.edit(kind="delete_user", user_id=world.user_ids()[0])
    assert [record["type"] for record in read_records(journal)][-1] == "edit"


def test_corrupt_journal_is_refused(tmp_path: Path) -> None:
    """A broken line in the middle is an error that names the line, not a silent loss."""
    (tmp_path / JOURNAL_NAME).write_text('{"type":"settings"\n{"type":"settings"}\n')

    with pytest.raises(JournalBroken, match="line 1"):
        create_app(tmp_path, clock=ManualClock(START))


def test_folder_belongs_to_one_server(world: World, tmp_path: Path) -> None:
    """A second server on the same folder is refused and does no harm."""
    with pytest.raises(JournalInUse):
        create_app(tmp_path, clock=ManualClock(START))

    assert world.get("/health") == {"status": "ok"}


def test_records_are_in_the_order_of_time(world: World, tmp_path: Path) -> None:
    """Every record is later than the one before, even when the clock stands still."""
    move_whole_organization(world)
    instants = [record["at"] for record in read_records(tmp_path / JOURNAL_NAME)]

    assert instants == sorted(set(instants))


def test_one_record_per_batch(world: World, tmp_path: Path) -> None:
    """The twenty moves of a batch are one record of the journal."""
    world.order()
    users = world.user_ids()[:20]
    body = {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": [E1]}
    items = [
        {
            "id": user_id,
            "method": "POST",
            "url": f"/users/{user_id}/assignLicense",
            "headers": {"Content-Type": "application/json"},
            "body": body,
        }
        for user_id in users
    ]
    world.call("POST", "/v1.0/$batch", {"requests": items})
    records = [record for record in read_records(tmp_path / JOURNAL_NAME) if record["type"] == "licenses"]

    assert [len(record["changes"]) for record in records] == [20]


def test_same_seed_makes_the_same_organization(world: World, tmp_path: Path) -> None:
    """Everything of an organization follows from its seed; another seed makes another one."""
    path = f"/sandbox/organizations/{world.made['organization_id']}/users"
    with open_world(tmp_path / "other") as other:
        assert other.make() == world.made
        assert other.get(path) == world.get(path)
        assert other.make(seed=8)["organization_id"] != world.made["organization_id"]


def test_shape_is_realistic(world: World) -> None:
    """Of 500 users about a fifth have services off, some accounts are disabled, some hold more products."""
    world.make(seed=3, users=500)
    users = world.get(f"/sandbox/organizations/{world.made['organization_id']}/users")["users"]
    off = [
        user
        for user in users
        if any(one["skuId"] == E1 and one["disabledPlans"] for one in user["licenseAssignmentStates"])
    ]

    assert 0.12 < len(off) / 500 < 0.28
    assert 0 < sum(not user["accountEnabled"] for user in users) < 50
    assert sum(len(user["licenseAssignmentStates"]) > 1 for user in users) > 50
    assert len({user["department"] for user in users}) > 5
    assert len(world.made["subscription_ids"]) == 3
    assert world.made["quantity"] == 520


def test_making_it_again_answers_the_one_that_is_there(world: World) -> None:
    """The same request again is 200 with the same ids; another with the same id is 409."""
    body = {"seed": 7, "users": 30, "plan_id": E1}
    again = world.call("POST", "/sandbox/organizations", body)
    other = world.call("POST", "/sandbox/organizations", body | {"users": 31})

    assert (again.status_code, again.json()) == (200, world.made)
    assert (other.status_code, other.json()["code"]) == (409, "ORGANIZATION_EXISTS")


@pytest.mark.parametrize(
    "changes",
    [
        {"users": 0},
        {"users": "many"},
        {"plan_id": "nothing"},
        {"currency": "XXX"},
        {"organization_id": "no guid"},
        {"period_start_on": "soon"},
        {"options": {"color": "red"}},
        {"options": {"profile": {"color": "red"}}},
        {"surprise": 1},
    ],
)
def test_bad_organization_is_refused(world: World, changes: dict[str, Any]) -> None:
    """A field that is wrong or unknown is refused and makes nothing."""
    before = world.get("/sandbox/organizations")
    answer = world.call("POST", "/sandbox/organizations", {"seed": 9, "users": 5, "plan_id": E1} | changes)

    assert answer.status_code in {404, 422}
    assert world.get("/sandbox/organizations") == before


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "unknown"},
        {"kind": "licenses", "user_id": "nobody", "remove": [E1]},
        {"kind": "health", "service": "Exchange Online", "status": "sunny"},
        {"kind": "profile", "changes": {"color": "red"}},
        {"kind": "subscription", "subscription_id": "none", "changes": {}},
        {"kind": "add_user", "display_name": "A", "plan_id": "none"},
    ],
)
def test_bad_edit_is_refused(world: World, edit: dict[str, Any]) -> None:
    """An edit that names nobody or nothing is refused and leaves no record."""
    before = _everything(world)
    path = f"/sandbox/organizations/{world.made['organization_id']}/edits"

    assert world.call("POST", path, edit).status_code in {404, 422}
    assert _everything(world) == before


@pytest.mark.parametrize(
    "changes", [{"color": 1}, {"latency_ms": -1}, {"is_quota_on": 1}, {"quota_speed": 0}, {"faults": [{}]}]
)
def test_bad_setting_is_refused(world: World, changes: dict[str, Any]) -> None:
    """A setting that is unknown or of the wrong kind is 422."""
    assert world.call("POST", "/sandbox/settings", changes).status_code == 422


def test_planted_faults_are_used_up(world: World) -> None:
    """A planted 503 has no effect on the state and is gone after its count."""
    world.settings(faults=[{"match": "GET /v1.0/users", "kind": "unavailable", "count": 1}])
    first, second = world.call("GET", "/v1.0/users"), world.call("GET", "/v1.0/users")

    assert (first.status_code, first.headers["retry-after"], second.status_code) == (503, "1", 200)


def test_lost_answer_had_its_effect(world: World) -> None:
    """A lost answer breaks the connection after the effect: the repeat with the same key finds it."""
    world.settings(faults=[{"match": "POST /notices/", "kind": "lost_answer", "count": 1}])
    path = f"/notices/v1/customers/{world.made['organization_id']}/notices"
    body = {"kind": "k", "switch_id": "s", "subject": "a", "body": "b"}
    with pytest.raises(httpx2.TransportError):
        world.call("POST", path, body, {"Idempotency-Key": "n"})
    world.call("POST", path, body, {"Idempotency-Key": "n"})

    assert len(world.get(path)["notices"]) == 1


def test_unwritable_journal_stops_the_sandbox(world: World) -> None:
    """When a record can't be written, the sandbox refuses every call instead of forgetting."""
    world.app.state.sandbox.journal._file.close()
    first = world.call("PATCH", f"/v1.0/users/{world.user_ids()[0]}", {"usageLocation": "DK"})
    second = world.call("GET", "/v1.0/users")

    assert (first.status_code, second.status_code) == (503, 503)


@pytest.mark.parametrize("path", ["/sandbox/organizations", "/sandbox/settings"])
def test_a_description_of_the_world_takes_no_control_characters(world: World, path: str) -> None:
    """What a file of people or of a world says goes into names that others read."""
    body = json.dumps({"seed": 1, "users": 1, "display_name": "a\x00b"})

    answer = world.client.post(path, content=body)

    assert (answer.status_code, "U+0000" in answer.text) == (422, True)


def test_unreadable_bodies_are_refused(world: World) -> None:
    """A body that is no JSON object is 400 in the dialect of its path."""
    headers = {"Authorization": f"Bearer {world.made['token']}"}
    for path in ("/v1.0/$batch", world.seller("/carts"), world.billing("/invoices")):
        for content in (b"{", json.dumps([1]).encode()):
            answer = world.client.post(path, content=content, headers=headers)
            assert answer.status_code == 400
