"""Acts on products beside a switch that has license administration locked (products#acts)."""

from __future__ import annotations

from pathlib import Path

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.products.acts import DUE, act, change, of, owe
from tests.support.switches.by_hand import SOURCE_PLAN, ByHand, started
from tests.support.worlds.world import CLEAN


async def _locked(console: ConsoleWorld, folder: Path) -> ByHand:
    """Start a switch by hand, and lead it to where some users are moved and the others wait."""
    by_hand = await started(console, folder, users=5, has_side_products=False, group_licensed=0)
    for step in ("buy", "verify"):
        await by_hand.until_next(step)
        await by_hand.step(step)
    await by_hand.until_next("reassign")
    await by_hand.reassign(by_hand.on(SOURCE_PLAN)[:2])
    await by_hand.until_next("reassign")
    return by_hand


async def test_remedies_of_a_switch_pass_its_own_lock(console: ConsoleWorld, tmp_path: Path) -> None:
    """What is due is paid and the old plan returns although the switch has administration locked."""
    by_hand = await _locked(console, tmp_path)
    row = (await console.get(f"/api/switches/{by_hand.switch_id}")).json()
    organization = {
        "organization_id": by_hand.organization_id,
        "subscription_id": row["source_subscription_id"],
    }
    await owe(console, organization)
    paid = await act(console, organization, "payments")
    more = await act(console, organization, of(organization, "resize"), quantity=9)
    await change(console, organization, status="suspended")
    back = await act(console, organization, of(organization, "reactivate"))
    await by_hand.step("reassign")
    await by_hand.until_next("cancel")
    await by_hand.step("cancel")
    ended = await console.ended(by_hand.switch_id)
    verdict = console.world.sandbox.verdict(by_hand.organization_id)

    assert (paid.json()["outcome"], paid.json()["terms"]["total_minor_units"]) == ("done", DUE), paid.text
    assert (more.status_code, more.json()["code"]) == (409, "ADMINISTRATION_LOCKED")
    # Nobody has promised when the operator goes on.
    assert more.json()["remedy"].startswith(
        "Its end is unknown: it waits for an operator: start step reassign."
    )
    assert back.json()["outcome"] == "done", back.text
    assert ended["outcome"] == "completed"
    assert {name: verdict[name] for name in CLEAN} == CLEAN
