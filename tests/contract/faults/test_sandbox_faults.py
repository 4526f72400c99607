"""Fault programs of the sandbox: each kind does what docs/reliability.md says, at hits that a seed fixes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.billing.bureau import BureauSettings
from sandbox.faults.fault_program import KINDS
from tests.support.clouds.callbacks import SECRET, Receiver, _receiving
from tests.support.clouds.faults import BUSY_SECONDS, batch, fired, plant
from tests.support.clouds.sandbox_world import E3, World, open_world, until_so

ZERO = {"unlicensed_user_seconds": 0, "data_service_gap_user_seconds": 0}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def notify(world: World, key: str) -> httpx2.Response:
    """Send a notice: an effect that can be counted."""
    path = f"/notices/v1/customers/{world.made['organization_id']}/notices"
    body = {"kind": "k", "switch_id": "s", "subject": "a", "body": "b"}
    return world.call("POST", path, body, {"Idempotency-Key": key})


def notices(world: World) -> int:
    """Count the notices that were sent."""
    return len(world.get(f"/notices/v1/customers/{world.made['organization_id']}/notices")["notices"])


def test_a_throttled_request_tells_how_long_to_wait(world: World) -> None:
    """Throttled is 429 with Retry-After at the named hits alone, and has no effect."""
    plant(world, {"operation": "send_notice", "fault": "throttled", "hits": [1, 3], "retry_after_seconds": 7})
    answers = [notify(world, str(number)) for number in range(1, 5)]

    assert [each.status_code for each in answers] == [429, 201, 429, 201]
    assert answers[0].headers["retry-after"] == "7"
    assert (notices(world), fired(world)) == (2, {"throttled": 2})


@pytest.mark.parametrize("fault", ["throttled", "failed"])
def test_an_answer_that_says_no_may_have_had_its_effect(world: World, fault: str) -> None:
    """With `is_carried_out` the effect is there although the answer is no success."""
    plant(world, {"operation": "send_notice", "fault": fault, "hits": [1], "is_carried_out": True})

    assert notify(world, "1").status_code in {429, 500}
    assert notices(world) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_server_has_no_effect(world: World, status: int) -> None:
    """Failed is a 5xx of choice without effect."""
    plant(world, {"operation": "send_notice", "fault": "failed", "hits": [1], "status": status})

    assert (notify(world, "1").status_code, notices(world)) == (status, 0)


@pytest.mark.parametrize(
    ("fault", "effects"),
    [("timeout_before", 0), ("timeout_after", 1), ("lost_answer", 1)],
)
def test_a_request_without_an_answer(world: World, fault: str, effects: int) -> None:
    """A time-out breaks the connection before or after the effect; a lost answer after it, at once."""
    seconds = {} if fault == "lost_answer" else {"seconds": 0.2}
    plant(world, {"operation": "send_notice", "fault": fault, "hits": [1], **seconds})
    started = time.monotonic()
    with pytest.raises(httpx2.TransportError):
        notify(world, "1")

    assert notices(world) == effects
    assert time.monotonic() - started > seconds.get("seconds", 0)


def test_a_late_effect_comes_after_the_connection_broke(world: World) -> None:
    """Late: no answer, no effect, and then the effect all the same."""
    plant(world, {"operation": "send_notice", "fault": "late", "hits": [1], "seconds": BUSY_SECONDS})
    with pytest.raises(httpx2.TransportError):
        notify(world, "1")
    before = notices(world)
    until_so(lambda: notices(world) == 1)

    assert before == 0


def test_latency_only_takes_time(world: World) -> None:
    """A slow request is answered as always."""
    plant(world, {"call": "GET /v1.0/subscribed*", "fault": "latency", "hits": [1], "seconds": 0.3})
    started = time.monotonic()
    world.get("/v1.0/subscribedSkus")

    assert time.monotonic() - started > 0.3


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_a_throttled_item_may_have_been_carried_out(world: World, is_carried_out: bool) -> None:  # noqa: FBT001
    """An item's 429 says nothing of its effect: only reading back tells (vendor#batches)."""
    users = sorted(world.user_ids())[:3]
    world.order()
    plant(
        world,
        {"fault": "item_throttled", "hits": [1], "retry_after_seconds": 3, "is_carried_out": is_carried_out},
    )
    first = {each["id"]: each for each in batch(world, users)}

    assert [first[user[:8]]["status"] for user in users] == [429] * 3
    assert first[users[0][:8]]["headers"]["Retry-After"] == "3"
    assert len(world.user_ids(E3)) == (3 if is_carried_out else 0)
    assert {name: world.referee()[name] for name in ZERO} == ZERO


def test_items_fail_are_refused_and_left_out_one_by_one(world: World) -> None:
    """The hits of items count for each user: the first is 503, the second 409, the third unanswered."""
    (user, other, *_) = sorted(world.user_ids())
    world.order()
    plant(
        world,
        {"fault": "item_failed", "hits": [1]},
        {"fault": "item_refused", "hits": [2]},
        {"fault": "item_missing", "hits": [3], "is_carried_out": True},
    )
    said = [[each["status"] for each in batch(world, [user])] for _ in range(4)]
    apart = [each["status"] for each in batch(world, [other])]

    assert said == [[503], [409], [], [400]]
    assert apart == [503], "another user's first hit is not shifted"


def test_reads_of_users_can_fail_as_well(world: World) -> None:
    """An item that reads is named `users`."""
    plant(world, {"operation": "users", "fault": "item_failed", "hits": [1]})
    item = {"id": "1", "method": "GET", "url": f"/users/{world.user_ids()[0]}"}
    answers = [world.call("POST", "/v1.0/$batch", {"requests": [item]}).json() for _ in range(2)]

    assert [each["responses"][0]["status"] for each in answers] == [503, 200]


def test_answers_of_a_batch_leave_in_a_drawn_order(world: World) -> None:
    """Shuffled answers are all there, in an order that the seed fixes."""
    world.settings(is_batch_shuffled=False)
    users = sorted(world.user_ids())[:20]
    world.order()
    orders = []
    for seed in (5, 5, 6):
        plant(world, {"operation": "change_licenses", "fault": "shuffled", "hits": [1]}, seed=seed)
        orders.append([each["id"] for each in batch(world, users)])
    asked = [user[:8] for user in users]

    assert orders[0] == orders[1]
    assert len({tuple(order) for order in (*orders, asked)}) == 3
    assert sorted(orders[2]) == sorted(asked)


def test_slow_provisioning_holds_an_order_back(world: World) -> None:
    """After the hit an order stays pending for its seconds, and its services for more."""
    plant(world, {"fault": "slow_provisioning", "hits": [1], "seconds": 60, "setup_seconds": 3600})
    order = world.order()
    path = world.seller(f"/orders/{order['id']}")
    pending = world.get(path)["status"]
    world.clock.advance(seconds=61)
    subscription = world.get(path)["lineItems"][0]["subscriptionId"]
    status = world.get(world.seller(f"/subscriptions/{subscription}/provisioningstatus"))["status"]
    world.clock.advance(seconds=3600)
    later = world.get(world.seller(f"/subscriptions/{subscription}/provisioningstatus"))["status"]

    assert (pending, world.get(path)["status"]) == ("pending", "completed")
    assert (status, later) == ("pending", "success")


def test_seats_are_short_for_a_while(world: World) -> None:
    """The newest order lacks k seats from the hit on, for its seconds."""
    world.order(quantity=40)
    short_for = {"fault": "seats_short", "seats": 3, "seconds": BUSY_SECONDS}
    plant(world, {"operation": "users_page", "hits": [1], **short_for})

    def bought() -> int:
        pools = world.get("/v1.0/subscribedSkus")["value"]
        return int(next(pool["prepaidUnits"]["enabled"] for pool in pools if pool["skuId"] == E3))

    world.user_ids()
    short = bought()
    until_so(lambda: bought() == 40)

    assert short == 37


def test_an_incident_begins_and_ends(world: World) -> None:
    """A service is degraded from the hit on, for its seconds."""
    told = {"service": "Exchange Online", "status": "serviceInterruption", "seconds": BUSY_SECONDS}
    plant(world, {"operation": "users_page", "fault": "incident", "hits": [1], **told})
    path = "/v1.0/admin/serviceAnnouncement/healthOverviews"
    world.user_ids()
    during = world.get(path)["value"][0]["status"]
    until_so(lambda: world.get(path)["value"][0]["status"] == "serviceOperational")

    assert during == "serviceInterruption"


def test_people_come_and_go_by_hand(world: World) -> None:
    """Users deleted and added mid-way are edits of the hand; a license taken by hand is booked to it."""
    operation = {"operation": "subscriptions"}
    plant(
        world,
        operation | {"fault": "user_deleted", "hits": [1, 2]},
        operation | {"fault": "user_joined", "hits": [3]},
        operation | {"fault": "license_removed", "hits": [4]},
    )
    counts = []
    for _ in range(4):
        world.get(world.seller("/subscriptions"))
        counts.append(len(world.user_ids()))
    world.clock.advance(seconds=10)
    verdict = world.referee()

    assert counts == [29, 28, 29, 28]
    assert verdict["by_actor"]["app"] == ZERO
    assert verdict["by_actor"]["hand"]["unlicensed_user_seconds"] > 9


def test_callbacks_come_late_and_again(tmp_path: Path) -> None:
    """The bureau's callback comes its seconds later, and as often again as the program says."""
    with (
        _receiving() as receiver,
        open_world(tmp_path, BureauSettings(secret=SECRET, callback_url=receiver.url)) as world,
    ):
        world.make()
        world.settings(credit_verdict="approve", credit_delay_seconds=0)
        plant(
            world,
            {"fault": "callback_late", "hits": [1], "seconds": 0.5},
            {"fault": "callback_duplicated", "hits": [1], "times": 2},
        )
        started = time.monotonic()
        world.order(payment_method="invoice")
        _until(receiver, 1)
        took = time.monotonic() - started
        _until(receiver, 3)
        time.sleep(0.2)

        assert took > 0.5
        assert len(receiver.bodies) == 3
        assert len(set(receiver.bodies)) == 1


def _until(receiver: Receiver, count: int) -> None:
    until_so(lambda: len(receiver.bodies) >= count)


def test_a_seed_fixes_which_hits_go_wrong(world: World) -> None:
    """The same seed throttles the same hits, whatever another organization does in between."""
    rule = {"operation": "send_notice", "fault": "throttled", "rate": 0.4}

    def statuses(seed: int, *, beside: bool = False) -> list[int]:
        plant(world, rule, seed=seed)
        found = []
        for number in range(20):
            found.append(notify(world, f"{seed}-{number}").status_code)
            if beside:
                other_calls(world)
        return found

    first = statuses(1)

    assert first == statuses(1, beside=True)
    assert first != statuses(2)
    assert 2 <= first.count(429) <= 14


def other_calls(world: World) -> None:
    """Let another organization send a notice."""
    mine = world.made
    other = world.make(seed=8)
    notify(world, "other")
    world.made = mine
    assert other["organization_id"] != mine["organization_id"]


def test_a_rule_stops_after_its_count(world: World) -> None:
    """`count` ends a rule at each point."""
    plant(world, {"operation": "send_notice", "fault": "failed", "rate": 1, "count": 2})

    assert [notify(world, str(number)).status_code for number in range(3)] == [500, 500, 201]


def test_an_organization_may_have_a_program_of_its_own(world: World) -> None:
    """A program of one organization leaves the others alone, and ends without a trace."""
    path = f"/sandbox/organizations/{world.made['organization_id']}/faults"
    world.call("PUT", path, {"rules": [{"call": "POST /notices/*", "fault": "failed", "rate": 1}]})
    mine = world.made
    world.make(seed=8)
    other = notify(world, "1").status_code
    world.made = mine
    own = notify(world, "1").status_code
    counted = world.get(path)["fired"]
    world.call("DELETE", path)

    assert (other, own, counted) == (201, 500, {"failed": 1})
    assert notify(world, "2").status_code == 201


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ({"seed": -1}, "seed is -1; allowed: a whole number of 0"),
        ({"rules": {}}, "rules is an empty object; allowed: a list"),
        ({"color": 1}, "color is 1; allowed: no field; there are seed, rules"),
        (
            {"rules": [{"fault": "boom"}]},
            "rules[0].fault is 'boom'; allowed: one of agreement_missing, audience_wrong",
        ),
        (
            {"rules": [{"fault": "throttled", "hits": [1]}]},
            "rules[0] is an object; allowed: a rule with either operation or call",
        ),
        (
            {"rules": [{"fault": "throttled", "operation": "x", "rate": 0.1}]},
            "rules[0].operation is 'x'; allowed: one of",
        ),
        (
            {"rules": [{"fault": "throttled", "operation": "checkout"}]},
            "rules[0] is an object; allowed: a rule with either hits or rate",
        ),
        ({"rules": [{"fault": "item_failed", "rate": 2}]}, "rules[0].rate is 2; allowed: a number of 0 to 1"),
        (
            {"rules": [{"fault": "item_failed", "hits": [0]}]},
            "rules[0].hits[0] is 0; allowed: a whole number of 1",
        ),
        (
            {"rules": [{"fault": "item_failed", "hits": [1], "seconds": 1}]},
            "rules[0].seconds is 1; allowed: no field",
        ),
        (
            {"rules": [{"fault": "latency", "operation": "users", "hits": [1]}]},
            "rules[0].seconds is not given; allowed: a number of seconds",
        ),
        (
            {"rules": [{"fault": "slow_provisioning", "operation": "users", "hits": [1], "seconds": 1}]},
            "rules[0].operation is 'users'; allowed: checkout, or nothing",
        ),
    ],
)
def test_a_bad_program_is_refused_with_field_value_and_what_is_allowed(
    world: World, program: dict[str, Any], said: str
) -> None:
    """A program that is not understood is 422, names the field, and leaves the one in force."""
    plant(world, {"operation": "send_notice", "fault": "failed", "rate": 1})
    answer = world.call("PUT", "/sandbox/faults", program)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert notify(world, "1").status_code == 500


def test_every_kind_of_fault_has_a_test_here() -> None:
    """No kind goes without a contract test: here, beside this file, or where access is tested."""
    here = Path(__file__).parent
    files = [*here.glob("test_sandbox_fault*.py"), *(here.parent / "authority").glob("test_access_faults.py")]
    text = "".join(file.read_text(encoding="utf-8") for file in files)

    assert [kind for kind in KINDS if text.count(f'"{kind}"') == 0] == []
