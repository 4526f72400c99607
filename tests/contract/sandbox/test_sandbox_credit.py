"""The sandbox's credit bureau: what it decides, sets up, and calls back (docs/api/credit.yaml)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

from providers.reference.callback_signatures import require_signed
from sandbox.billing.bureau import BureauSettings
from sandbox.kernel.journal import read_records
from sandbox.kernel.plans import load_plans
from sandbox.seller.credit_thresholds import THRESHOLDS_MINOR_UNITS
from tests.support.clouds.callbacks import SECRET, Receiver, _receiving
from tests.support.clouds.sandbox_world import E3, PROJECT, World, open_world, own_contract

WAIT_SECONDS = 60.0


@pytest.fixture(name="receiver")
def _receiver() -> Iterator[Receiver]:
    """Yield somebody who is called back."""
    with _receiving() as receiver:
        yield receiver


@pytest.fixture(name="world")
def _world(tmp_path: Path, receiver: Receiver) -> Iterator[World]:
    """Yield a sandbox whose bureau calls the receiver back."""
    with open_world(tmp_path, BureauSettings(secret=SECRET, callback_url=receiver.url)) as world:
        world.make()
        world.settings(credit_delay_seconds=60)
        yield world


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def _order(world: World, key: str = "1") -> dict[str, Any]:
    return world.order(key=key, payment_method="invoice")


def _path(world: World, order: dict[str, Any]) -> str:
    organization_id, check_id = world.made["organization_id"], order["creditCheck"]["checkId"]
    return f"/credit/v1/customers/{organization_id}/checks/{check_id}"


def _check(world: World, order: dict[str, Any]) -> dict[str, Any]:
    answer = world.call("GET", _path(world, order))
    assert answer.status_code == 200, answer.text
    own_contract("credit", "/credit/v1").check(answer, answer.request.url.path)
    check: dict[str, Any] = answer.json()
    return check


def _status(world: World, order: dict[str, Any]) -> str:
    return str(_check(world, order)["status"])


def test_order_by_card_needs_no_check(world: World) -> None:
    """An order by card shows no credit check and is set up at once."""
    order = world.order()

    assert "creditCheck" not in order
    assert order["status"] == "completed"


def test_order_by_invoice_waits_for_the_bureau(world: World) -> None:
    """By invoice the order stays pending, names its check, and gives no licenses before it is approved."""
    order = _order(world)
    world.clock.advance(seconds=59)

    assert (order["status"], order["creditCheck"]["status"]) == ("pending", "required")
    assert "subscriptionId" not in order["lineItems"][0]
    assert _check(world, order)["decided_at"] is None
    assert E3 not in {plan["skuId"] for plan in world.get("/v1.0/subscribedSkus")["value"]}


def test_large_order_by_card_waits_for_the_bureau(world: World) -> None:
    """By card the worth of one whole period decides: from the threshold on it is checked, below it is not."""
    small = world.order(quantity=1, key="one")
    price = load_plans()[E3].unit_price_minor_units("EUR", "monthly")
    enough = -(-THRESHOLDS_MINOR_UNITS["EUR"] // price)
    below = world.order(quantity=enough - 1, key="below")
    large = world.order(quantity=enough, key="large")

    assert ("creditCheck" in small, "creditCheck" in below, below["status"]) == (False, False, "completed")
    assert (large["creditCheck"]["status"], large["status"]) == ("required", "pending")
    assert "subscriptionId" not in large["lineItems"][0]
    assert _check(world, large)["status"] == "required"
    world.clock.advance(seconds=61)
    _until(lambda: _status(world, large) == "approved")
    assert world.get(world.seller(f"/orders/{large['id']}"))["status"] == "completed"


def test_approval_sets_the_order_up(world: World, receiver: Receiver) -> None:
    """After its delay the bureau approves: the order completes, and a signed callback tells it."""
    order = _order(world)
    world.clock.advance(seconds=61)
    _until(lambda: bool(receiver.bodies))

    shown = world.get(world.seller(f"/orders/{order['id']}"))
    callback = json.loads(receiver.bodies[0])
    require_signed(SECRET, receiver.headers[0], receiver.bodies[0], datetime.now(UTC))
    assert (shown["status"], shown["creditCheck"]["status"]) == ("completed", "approved")
    assert (callback["verdict"], callback["order_id"]) == ("approved", order["id"])
    assert callback["check_id"] == order["creditCheck"]["checkId"]


def test_callback_fits_its_description(world: World, receiver: Receiver) -> None:
    """The callback's body is what docs/api/credit.yaml says."""
    _order(world)
    world.clock.advance(seconds=61)
    _until(lambda: bool(receiver.bodies))

    description = yaml.safe_load((PROJECT / "docs" / "api" / "credit.yaml").read_text(encoding="utf-8"))
    OAS31Validator(description["components"]["schemas"]["Callback"]).validate(json.loads(receiver.bodies[0]))


def test_decline_sets_nothing_up_and_can_be_voided(world: World) -> None:
    """A declined order stays pending until it is voided, long after the usual window, and leaves no trace."""
    world.settings(credit_verdict="decline")
    order = _order(world)
    world.clock.advance(seconds=61)
    _until(lambda: _status(world, order) == "declined")
    world.clock.advance(days=30)

    shown = world.get(world.seller(f"/orders/{order['id']}"))
    voided = world.call("PATCH", world.seller(f"/orders/{order['id']}"), {"status": "cancelled"})

    assert shown["status"] == "pending"
    assert voided.status_code == 200
    assert world.referee()["orphan_orders"] == 0


def test_silent_bureau_decides_nothing(world: World, receiver: Receiver) -> None:
    """Silence lasts for ever, whatever the clock says, and nobody is called."""
    world.settings(credit_verdict="silent", credit_delay_seconds=0)
    order = _order(world)
    world.clock.advance(days=20)
    time.sleep(0.3)

    assert _status(world, order) == "required"
    assert receiver.bodies == []


def test_operator_decides_in_the_place_of_the_bureau(world: World, receiver: Receiver) -> None:
    """What an operator tells is set up without a callback, and a decided check stays as it is."""
    order = _order(world)
    path = f"{_path(world, order)}/decision"

    told = world.call("POST", path, {"verdict": "approved"}, {"Idempotency-Key": "k"})
    other = world.call("POST", path, {"verdict": "declined"}, {"Idempotency-Key": "l"})
    wrong = world.call("POST", path, {"verdict": "maybe"}, {"Idempotency-Key": "m"})
    world.clock.advance(seconds=120)
    time.sleep(0.3)

    own_contract("credit", "/credit/v1").check(told, told.request.url.path)
    assert [told.json()["status"], other.json()["status"], wrong.status_code] == ["approved", "approved", 422]
    assert world.get(world.seller(f"/orders/{order['id']}"))["status"] == "completed"
    assert receiver.bodies == []


def test_voided_order_is_not_decided(world: World, receiver: Receiver) -> None:
    """Who takes the order back before the answer is not called."""
    order = _order(world)
    world.call("PATCH", world.seller(f"/orders/{order['id']}"), {"status": "cancelled"})
    world.clock.advance(seconds=61)
    time.sleep(0.3)

    assert _status(world, order) == "required"
    assert receiver.bodies == []


def test_duplicates_are_the_same_callback(world: World, receiver: Receiver) -> None:
    """The setting makes the bureau repeat itself: same callback id, same words."""
    world.settings(credit_duplicates=2)
    _order(world)
    world.clock.advance(seconds=61)
    _until(lambda: len(receiver.bodies) == 3)

    assert len(set(receiver.bodies)) == 1


def test_callback_that_is_not_taken_is_sent_again(world: World, receiver: Receiver) -> None:
    """404 and 503 are tried again until somebody takes it."""
    receiver.statuses = [404, 503]
    _order(world)
    world.clock.advance(seconds=61)

    _until(lambda: len(receiver.bodies) == 3)
    assert len(set(receiver.bodies)) == 1


def test_refused_callback_is_given_up(world: World, receiver: Receiver, tmp_path: Path) -> None:
    """A 409 is an answer: it is not sent again."""
    receiver.statuses = [409] * 5
    _order(world)
    world.clock.advance(seconds=61)

    _until(lambda: any(each["type"] == "credit_told" for each in read_records(tmp_path / "journal.jsonl")))
    assert len(receiver.bodies) == 1


def test_decision_survives_a_restart(world: World) -> None:
    """What the bureau was asked and what it decided is in the journal."""
    decided, waiting = _order(world), _order(world, "2")
    world.edit(kind="credit", verdict="silent")
    world.clock.advance(seconds=61)
    world.edit(kind="credit", verdict="approve")
    _until(lambda: _status(world, decided) == "approved")

    world.restart()

    assert _status(world, decided) == _status(world, waiting) == "approved"
    assert world.get(world.seller(f"/orders/{decided['id']}"))["status"] == "completed"


def test_unknown_check_and_wrong_settings_are_refused(world: World) -> None:
    """An unknown check is 404, another customer's path 403, and a word that is no verdict 422."""
    path = "/credit/v1/customers/{}/checks/none"
    assert world.call("GET", path.format(world.made["organization_id"])).status_code == 404
    assert world.call("GET", path.format("00000000-0000-4000-8000-000000000000")).status_code == 403
    assert world.call("POST", "/sandbox/settings", {"credit_verdict": "maybe"}).status_code == 422
    assert world.call("POST", "/sandbox/settings", {"callback_url": 7}).status_code == 422
    assert world.call("POST", "/sandbox/settings", {"latency_ms": "1"}).status_code == 422


def test_payment_method_of_a_cart_is_checked(world: World) -> None:
    """Only card and invoice are taken."""
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 1, "TermDuration": "P1M"}

    answer = world.call("POST", world.seller("/carts"), {"PaymentMethod": "gold", "LineItems": [line]})

    assert (answer.status_code, answer.json()["code"]) == (400, 800009)
