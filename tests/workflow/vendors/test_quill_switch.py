"""A switch at a vendor with other habits: one user a call, a plan changed in place, ids that change."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import Client

from domain.kernel.ids import subscription_stream_id
from domain.switch.events import ReplacementReady
from domain.switch.move_events import BillingCutOver, DriftFound, DriftReconciled
from tests.support.clouds.quill.state import BUSINESS, STARTER
from tests.support.worlds.quill_world import open_quill_world

PEOPLE = 23


@pytest.mark.usefixtures("temporal_env")
async def test_a_switch_by_neutral_words_leaves_nobody_without_a_license(
    temporal_client: Client, database_url: str, tmp_path: Path
) -> None:
    """The engine knows the ports alone: everybody moves, each charge comes once, no instant has a gap."""
    async with open_quill_world(temporal_client, database_url, tmp_path) as world:
        customer, edition = world.quill.customer(people=PEOPLE, units=PEOPLE + 2)
        prepared = world.prepare(customer, edition)
        order = world.order(customer, prepared)

        result = await world.complete(order)

        recorded = world.toolbox.store.stream_events(
            subscription_stream_id(customer.customer_id, edition.edition_id)
        )
    assert (result.outcome, result.code, result.message, result.moved) == ("completed", "", "", PEOPLE)
    (ready,) = (each.event for each in recorded if isinstance(each.event, ReplacementReady))
    (billed,) = (each.event for each in recorded if isinstance(each.event, BillingCutOver))
    target = customer.editions[ready.subscription_id]
    assert customer.gaps() == []
    assert {each.plans for each in customer.people.values()} == {frozenset({BUSINESS})}
    # The list of holders is a reading behind; nobody takes that for a change by hand (rules#drift).
    assert not [each for each in recorded if isinstance(each.event, (DriftFound, DriftReconciled))]
    # One contract, changed in place: another id on another plan.
    assert target.contract_id == edition.contract_id
    assert [(each.plan_id, each.status) for each in customer.editions.values()] == [
        (STARTER, "ended"),
        (BUSINESS, "serving"),
    ]
    (quoted,) = (day for day in prepared.quote.days if day.on == billed.cutover_on)
    assert [kind for kind, _, _ in customer.ledger] == ["stop", "credit", "charge", "invoice"]
    amounts = {kind: amount for kind, _, amount in customer.ledger}
    assert amounts["invoice"] == quoted.total.minor_units
    assert amounts["charge"] - amounts["credit"] == quoted.net.minor_units
    assert [kind for kind, _ in customer.messages] == [""]
