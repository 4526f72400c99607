"""Acts whose answer was lost, or whose process ended: each has its effect once (products#acts)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

import pytest

from domain.kernel.ids import idempotency_key, product_act_id_of
from domain.kernel.recorded import Meta
from domain.ports.cloud import AnsweredAttempts, CallAnnouncer, CallObserver, Cloud, CloudFactory
from domain.ports.product_port import ProductAct
from domain.products.product_acts import ActQuestion, ActRequest, ProductActBegun, ProductActState
from services.products import acts, open_acts
from services.products.carrying import carry_on
from services.products.open_acts import OpenActs
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.products.acts import act, listed, of, owe, owner
from worker import act_admission

#: An act, and a call of billing that follows the seller's answer.
BETWEEN = [
    ("buy", "start_billing"),
    ("buy", "invoice"),
    ("cancel", "booked_lines"),
    ("cancel", "stop_billing"),
    ("cancel", "credit"),
    ("cancel", "invoice"),
    ("reactivate", "start_billing"),
    ("reactivate", "invoice"),
]
REFUSED, LOST = "refused", "lost_answer"


async def _begin(console: ConsoleWorld, organization: dict[str, Any], name: str) -> dict[str, Any]:
    """Ask for an act under the request id r-1."""
    if name == "buy":
        answer = await act(console, organization, "products", plan="E3", quantity=2, request_id="r-1")
    else:
        place = of(organization, name)
        answer = await act(console, organization, place, accept_loss=True, request_id="r-1")
    told: dict[str, Any] = answer.json()
    return told


def _plant(console: ConsoleWorld, operation: str, fault: str, first: int) -> None:
    """Let a call of billing go wrong from its hit `first` on."""
    rule: dict[str, Any] = {"operation": operation, "fault": fault, "hits": list(range(first, first + 50))}
    rule |= {"status": 400, "code": "NOT_NOW", "text": "Not now."} if fault == REFUSED else {}
    program = {"seed": 1, "rules": [rule]}
    console.world.sandbox.control.put("/sandbox/faults", json=program).raise_for_status()


@pytest.mark.parametrize("fault", [REFUSED, pytest.param(LOST, marks=pytest.mark.long)])
@pytest.mark.parametrize(("name", "operation"), BETWEEN)
async def test_trouble_after_the_sellers_answer_leaves_an_act_open(
    console: ConsoleWorld, name: str, operation: str, fault: str
) -> None:
    """An act that had an effect is never refused: it is held in sight, and finished with each effect once."""
    organization = await owner(console)
    organization_id, world = organization["organization_id"], console.world
    if name == "reactivate":
        await act(console, organization, of(organization, "cancel"), accept_loss=True)
    # The look of a cancellation reads the lines once, before anything is asked of the seller.
    first = 2 if operation == "booked_lines" else 1
    await asyncio.to_thread(_plant, console, operation, fault, first)

    begun = await _begin(console, organization, name)
    held = (await listed(console, organization))["acts"][0]
    await asyncio.to_thread(world.sandbox.control.delete, "/sandbox/faults")
    carry = (world.store, world.toolbox.cloud_factory, organization_id, "r-1")
    done = await asyncio.to_thread(carry_on, *carry)
    again = await asyncio.to_thread(carry_on, *carry)
    told = await listed(console, organization)
    verdict = await asyncio.to_thread(world.sandbox.verdict, organization_id)

    assert (begun["outcome"], begun["waits_for"] != "", held["outcome"]) == ("open", True, "open")
    assert held["code"] == ("PROVIDER_REFUSED" if fault == REFUSED else "")
    assert (done.outcome, done.code, again) == ("done", "", done)
    assert len(told["invoices"]) == (2 if name == "reactivate" else 1)
    assert (verdict["wrong_amount_texts"], verdict["double_charges"]) == ([], 0)


async def test_an_act_asks_again_under_another_id_after_an_answer(console: ConsoleWorld) -> None:
    """Whoever carries an act on knows what the seller answered before: it would repeat that (ADR 40)."""
    organization = await owner(console)
    organization_id, world = organization["organization_id"], console.world
    rule = {"operation": "cancel_subscription", "fault": "failed", "status": 503, "rate": 1.0}
    put = partial(world.sandbox.control.put, "/sandbox/faults", json={"seed": 1, "rules": [rule]})
    (await asyncio.to_thread(put)).raise_for_status()
    begun = await _begin(console, organization, "cancel")
    await asyncio.to_thread(world.sandbox.control.delete, "/sandbox/faults")
    key = idempotency_key(product_act_id_of(organization_id, "r-1"), "cancel", 0)
    refused = await asyncio.to_thread(world.store.calls_of_no_switch, key)
    counted: list[int] = []

    def factory(observer: CallObserver, announce: CallAnnouncer, answered: AnsweredAttempts) -> Cloud:
        counted.append(answered(key))
        return world.toolbox.cloud_factory(observer, announce, answered)

    done = await asyncio.to_thread(
        carry_on, world.store, cast("CloudFactory", factory), organization_id, "r-1"
    )
    await asyncio.to_thread(world.sandbox.control.delete, "/sandbox/faults")

    assert {each.status for each in refused} == {503}
    assert (begun["outcome"], done.outcome, counted) == ("open", "done", [len(refused)])


async def test_refusal_of_the_first_call_ends_an_act(console: ConsoleWorld) -> None:
    """Nothing has happened where the seller says no to the cancellation itself: the act is refused."""
    organization = await owner(console)
    await asyncio.to_thread(_plant, console, "cancel_subscription", REFUSED, 1)

    begun = await _begin(console, organization, "cancel")
    await asyncio.to_thread(console.world.sandbox.control.delete, "/sandbox/faults")
    told = (await listed(console, organization))["acts"][0]

    assert (begun["code"], told["outcome"], told["code"]) == (
        "PROVIDER_REFUSED",
        "refused",
        "PROVIDER_REFUSED",
    )


async def test_lost_answer_is_asked_for_again_and_paid_once(console: ConsoleWorld) -> None:
    """A payment whose answer is lost stays open; whoever carries it on pays nothing a second time."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await owe(console, organization, 5_000)
    world = console.world
    path = f"POST /billing/v1/customers/{organization_id}/payments"
    await asyncio.to_thread(world.sandbox.fault, path, "lost_answer", 20)

    begun = await act(console, organization, "payments", request_id="pay-1")
    paid = await listed(console, organization)
    blocked = await act(console, organization, "payments", request_id="pay-2")
    await asyncio.to_thread(world.sandbox.settings, faults=[])
    done = await asyncio.to_thread(
        carry_on, world.store, world.toolbox.cloud_factory, organization_id, "pay-1"
    )
    told = await listed(console, organization)

    assert (begun.json()["outcome"], begun.json()["waits_for"] != "") == ("open", True)
    assert (paid["balance_due_minor_units"], paid["acts"][0]["outcome"]) == (0, "open")
    assert blocked.json()["code"] in {"PRODUCT_ACT_OPEN", "RULE_VIOLATED"}
    assert (done.outcome, told["balance_due_minor_units"]) == ("done", 0)
    assert [each["outcome"] for each in told["acts"]] == ["done"]


async def test_the_worker_carries_open_acts_on(
    console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act whose provider was down ends by itself, also for a worker that starts later."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    world = console.world
    await asyncio.to_thread(world.sandbox.fault, "POST /v1/customers", "unavailable", 20)

    begun = await act(console, organization, "products", plan="E3", quantity=2, request_id="buy-1")
    refused = await console.post(
        "/api/switches",
        {"organization_id": organization_id, "target_plan": "E3", "accept": True, "reason": "growth"},
    )
    await asyncio.to_thread(world.sandbox.settings, faults=[])
    monkeypatch.setattr(open_acts, "GRACE", open_acts.GRACE * 0)
    acts = OpenActs(world.store, world.toolbox.cloud_factory, act_admission(world.toolbox))
    left = await acts.run_once()
    quiet = await acts.run_once()
    told = await listed(console, organization)

    assert begun.json()["outcome"] == "open", begun.text
    assert refused.json()["code"] == "PRODUCT_ACT_OPEN"
    assert (left, quiet) == (0, 0)
    assert [each["outcome"] for each in told["acts"]] == ["done"]
    assert len(told["products"]) == 2


async def test_one_bad_act_stops_no_other(console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each open act is tried by itself; one that fails is left for a while, and is never given up."""
    world = console.world
    tried: list[str] = []
    owners = [await owner(console, seed=seed) for seed in (1, 2)]
    await asyncio.to_thread(world.sandbox.fault, "POST /billing/v1/customers", "unavailable", 100)
    for each in owners:
        await owe(console, each, 5_000)
        begun = await act(console, each, "payments", request_id="pay-1")
        assert begun.json()["outcome"] == "open", begun.text
    await asyncio.to_thread(world.sandbox.settings, faults=[])
    bad, good = sorted(each["organization_id"] for each in owners)

    def carry(store: Any, cloud_factory: Any, organization_id: str, request_id: str) -> ProductActState:
        tried.append(organization_id)
        if organization_id == bad:
            raise ValueError("unreadable")
        return carry_on(store, cloud_factory, organization_id, request_id)

    monkeypatch.setattr(open_acts, "GRACE", open_acts.GRACE * 0)
    monkeypatch.setattr(open_acts, "carry_on", carry)
    worker = OpenActs(world.store, world.toolbox.cloud_factory, act_admission(world.toolbox))
    left = [await worker.run_once(), await worker.run_once()]

    assert (left, tried) == ([1, 1], [bad, good])


async def test_two_requests_never_act_on_one_look(
    console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act that another request did between look and record is seen: it is charged once."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]
    await act(console, organization, of(organization, "cancel"), accept_loss=True)
    question = ActQuestion(act=ProductAct.REACTIVATE, request_id="r-2", subscription_id=subscription_id)
    other = ActRequest(question=question, reason="sooner", accept=True)
    accepted = acts._require_accepted

    def between(look: Any, terms: Any, request: ActRequest) -> None:
        accepted(look, terms, request)
        if request.question.request_id == "r-1":
            monkeypatch.setattr(acts, "_require_accepted", accepted)
            acts.request_act(look.tools, organization_id, other, actor="otto")

    monkeypatch.setattr(acts, "_require_accepted", between)
    refused = await act(console, organization, of(organization, "reactivate"), request_id="r-1")
    told = await listed(console, organization)

    assert (refused.status_code, refused.json()["code"]) == (409, "RULE_VIOLATED")
    assert (told["acts"][0]["request_id"], told["acts"][0]["outcome"]) == ("r-2", "done")
    assert (len(told["acts"]), len(told["invoices"])) == (2, 2)


async def test_the_worker_carries_out_no_act_that_nobody_signed(
    console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can write to the database orders nothing: no new act, no other actor or figure (ADR 19)."""
    organization = await owner(console)
    organization_id, world = organization["organization_id"], console.world
    await asyncio.to_thread(world.sandbox.fault, "POST /v1/customers", "unavailable", 40)
    signed = await act(console, organization, "products", plan="E3", quantity=2, request_id="buy-1")
    await asyncio.to_thread(world.sandbox.settings, faults=[])
    assert signed.json()["outcome"] == "open", signed.text

    def forge() -> None:
        stored = world.store.organization(organization_id)
        assert stored is not None
        begun = stored.product_acts["buy-1"]
        forged: dict[str, dict[str, Any]] = {
            "unsigned": {"proof": {}},
            "replayed": {},
            "actor": {"meta": {**begun.meta, "actor": "mallory"}},
            "figures": {"figures": {**begun.figures, "quantity": 200}},
        }
        for name, changes in forged.items():
            facts = {
                field: getattr(begun, field)
                for field in ("act", "question", "figures", "acceptance", "proof")
            }
            facts |= {key: value for key, value in changes.items() if key != "meta"}
            meta = Meta(**changes.get("meta", begun.meta))
            stored.record(ProductActBegun, at=begun.timestamp, meta=meta, request_id=f"{name}-1", **facts)
        world.store.save(stored)

    await asyncio.to_thread(forge)
    monkeypatch.setattr(open_acts, "GRACE", open_acts.GRACE * 0)
    worker = OpenActs(world.store, world.toolbox.cloud_factory, act_admission(world.toolbox))
    await worker.run_once()
    told = {each["request_id"]: each for each in (await listed(console, organization))["acts"]}

    assert told["buy-1"]["outcome"] == "done"
    for name in ("unsigned-1", "replayed-1", "actor-1", "figures-1"):
        assert (told[name]["outcome"], told[name]["code"]) == ("refused", "COMMAND_UNSIGNED"), told[name]
    assert len((await listed(console, organization))["products"]) == 2
