"""Acts whose answer was lost, or whose process ended: each has its effect once (products#acts)."""

from __future__ import annotations

import asyncio

import pytest

from services.products import open_acts
from services.products.carrying import carry_on
from services.products.open_acts import OpenActs
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.products.acts import act, listed, owe, owner


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
    acts = OpenActs(world.store, world.toolbox.cloud_factory)
    left = await acts.run_once()
    quiet = await acts.run_once()
    told = await listed(console, organization)

    assert begun.json()["outcome"] == "open", begun.text
    assert refused.json()["code"] == "PRODUCT_ACT_OPEN"
    assert (left, quiet) == (0, 0)
    assert [each["outcome"] for each in told["acts"]] == ["done"]
    assert len(told["products"]) == 2
