"""Orders that the seller refuses, terms that differ from the source's, and who asks.

See rules#reasons, switch#steps.
"""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from domain.switch.events import SwitchRequested
from tests.support.worlds.world import CLEAN, World

#: The seller's code and words of an account that he still looks at (vendor#refusals).
UNDER_REVIEW = {"provider_code": "800073", "provider_text": "Customer account under review.", "status": 403}
UNKNOWN = {"provider_code": "999999", "provider_text": "Not on a Sunday.", "status": 400}


def refusing(details: dict[str, Any]) -> Any:
    """Return a change of the cloud whose seller refuses every order so."""

    class Refusing:
        def __init__(self, real: Any) -> None:
            self._real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def place_order(self, *_arguments: Any, **_named: Any) -> Any:
            raise ProviderRefused("The seller answered no.", remedy="Read it.", **details)

    def change(cloud: Cloud) -> Cloud:
        seller: Any = Refusing(cloud.seller)
        return dataclasses.replace(cloud, seller=seller)

    return change


async def test_refused_order_is_told_by_our_code_and_remedy(world: World) -> None:
    """The seller's 800073 ends the switch as CREDIT_CHECK_PENDING, with what to do.

    See rules#credit_check_pending.
    """
    order = world.order(world.organization())
    world.change_cloud = refusing(UNDER_REVIEW)

    result = await world.complete(order)

    assert (result.outcome, result.code) == ("failed", "CREDIT_CHECK_PENDING")
    assert "The seller says: Customer account under review." in result.message
    assert "Wait for its answer" in result.message
    assert world.failings(order) == CLEAN


async def test_refusal_in_no_table_keeps_the_sellers_words(world: World) -> None:
    """A code that nobody knows is UNKNOWN_REASON, its text verbatim (rules#unknown_reason)."""
    order = world.order(world.organization())
    world.change_cloud = refusing(UNKNOWN)

    result = await world.complete(order)

    assert (result.outcome, result.code) == ("failed", "UNKNOWN_REASON")
    assert "Not on a Sunday." in result.message
    assert world.verdict(order)["orders"] == 0


async def test_callers_role_is_read_from_the_directory(world: World) -> None:
    """WRONG_ROLE counts what the directory tells, whatever role is stated; the person is not recorded."""
    organization = world.organization()
    caller = next(iter(world.users(world.order(organization))))
    order = replace(world.order(organization), caller=caller, caller_role="global_admin")

    _, answer = await world.start(order)
    world.sandbox.edit(
        organization["organization_id"], kind="roles", user_id=caller, roles=["Global Administrator"]
    )
    allowed = replace(world.order(organization), caller=caller, caller_role="none")
    handle, accepted = await world.start(allowed)
    await world.result(handle)

    assert [each.code for each in answer.reasons] == ["WRONG_ROLE"]
    stream_id = world.store.resolve_subscription(allowed.organization_id, allowed.source_subscription_id)
    source = world.store.subscription(stream_id)
    requested = source.switch(allowed.switch_id).of(SwitchRequested) if source else None
    assert accepted.accepted
    assert requested is not None
    assert (requested.order["caller"], requested.order["caller_role"]) == ("", "global_admin")


async def test_another_term_is_ordered_and_billed_as_quoted(world: World) -> None:
    """A monthly source may lead to a yearly plan, which is ordered and billed as such (rules#checkout)."""
    organization = world.organization()
    terms: dict[str, Any] = {"term": "P1Y", "billing_cycle": "annual"}
    accepted = world.prepare(organization, **terms).quote.digest
    order = replace(world.order(organization), quote_digest=accepted, **terms)

    result = await world.complete(order)

    bought = next(
        each
        for each in world.sandbox.cloud.seller.subscriptions(order.organization_id)
        if each.plan_id == order.target_plan_id
    )
    period = world.sandbox.cloud.billing.period(order.organization_id, bought.subscription_id)
    assert result.outcome == "completed"
    assert (bought.term, bought.billing_cycle, period.billing_cycle) == ("P1Y", "annual", "annual")
    assert (period.period_end_on - period.period_start_on).days > 31, "more than any month"
    (invoice,) = world.ledger(order, "invoice")
    assert invoice["charged_minor_units"] in world.quoted_totals(order)
    assert world.failings(order) == CLEAN
