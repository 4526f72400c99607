"""An error in a success of the seller refuses the order: told by code and text, nothing left.

See switch#ways-back.
"""

from __future__ import annotations

from typing import Any

import pytest

from audit.story.refusals import refusals_of_switch
from domain.switch.return_events import CompensationStuck
from tests.support.controls.half_moved import recorded
from tests.support.licenses.refused_items import plant
from tests.support.worlds.world import CLEAN, World

SAID = "No more of this product for this customer."
MARKET = "Not available in the customer's market."


@pytest.mark.parametrize(
    ("rule", "orders", "text"),
    [
        ({"fault": "order_errors", "hits": [1]}, 0, SAID),
        ({"fault": "order_errors", "hits": [1], "is_partial": True}, 1, SAID),
        ({"fault": "cart_error", "hits": [1]}, 0, MARKET),
    ],
    ids=["no order", "an error beside the order", "an error of the cart's line"],
)
async def test_an_error_in_a_success_refuses_the_order(
    world: World, rule: dict[str, Any], orders: int, text: str
) -> None:
    """The switch fails with the seller's words, at once and never stuck; what was placed is void."""
    order = world.order(world.organization())
    plant(world, order, rule)
    handle, _ = await world.start(order)
    result = await world.result(handle)
    told = refusals_of_switch(world.store, order.switch_id)
    verdict = world.verdict(order)

    assert result.outcome == "failed"
    assert text in result.message
    assert [each.text for each in told] == [text]
    assert told[0].request_id
    assert recorded(world, order, CompensationStuck) == []
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (orders, 0)
    assert world.is_free(order)
