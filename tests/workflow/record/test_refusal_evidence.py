"""What a provider said when it refused reaches record, audit and support bundle (cli#support)."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from activities.contract import SwitchOrder
from audit.cases.support_case import case_of_switch
from audit.story.refusals import refusals_of_switch
from audit.story.show import audit_of
from audit.users.user_outcomes import user_outcomes
from cli.audit.show import story
from cli.switch.users import refusals, unresolved
from domain.catalog.catalog import load_catalog
from domain.kernel.facts import as_plain
from domain.kernel.ids import subscription_stream_id
from domain.licenses.move import detail_digest
from projections.reads.shown_rows import SwitchRow
from tests.support.consoles.shown_switches import facts_of
from tests.support.licenses.refused_items import listed
from tests.support.worlds.world import World

SERVICE = "3efbd4ed-8958-4824-8389-1321f8730af8"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
SAID = f"License assignment failed because service plan {SERVICE} is not part of SKU {E3}"
#: What the directory says of two users: words that we have none for, and a person.
TEXT = f"{SAID}. Asked for by jan.jansen@fernwick.example."
CODE = "Request_BadRequest"


def on_one_line(lines: list[str]) -> str:
    """Return printed lines without their breaks."""
    return " ".join(" ".join(lines).split())


def board_of(order: SwitchOrder) -> SwitchRow:
    """Return what a bundle takes from the board."""
    facts: dict[str, Any] = dict.fromkeys((each.name for each in fields(SwitchRow)), "")
    facts |= {"switch_id": order.switch_id, "organization_id": order.organization_id}
    return SwitchRow(**facts)


async def test_the_text_of_a_refused_item_is_told_to_who_must_mend_it(world: World) -> None:
    """Two users are refused with a text that nobody knows: kept without people, told once."""
    order = world.order(world.organization())
    refused = sorted(world.users(order))[:2]
    for user in refused:
        edit = {"kind": "refusal", "user_id": user, "times": 50, "text": TEXT, "code": CODE, "status": 400}
        path = f"/sandbox/organizations/{order.organization_id}/edits"
        world.sandbox.control.post(path, json=edit).raise_for_status()
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")

    users = listed(world, order)
    told = refusals_of_switch(world.store, order.switch_id)
    whole = audit_of(world.store, order.switch_id)
    audited = facts_of(whole)
    rows = world.store.license_rows(order.switch_id, "move", unmoved_only=True)
    (group,) = world.store.chunks(order.switch_id, "move")
    source = world.store.subscription(
        subscription_stream_id(order.organization_id, order.source_subscription_id)
    )
    assert source is not None
    page = user_outcomes(world.store, source, order.switch_id, catalog=load_catalog())
    case = case_of_switch(world.store, board_of(order), users=users)

    assert [(row.code, row.text) for row in rows] == [(CODE, f"{SAID}. Asked for by [address].")] * 2
    assert all(row.request_id for row in rows)
    everyone = world.store.license_rows(order.switch_id, "move")
    assert detail_digest(everyone) == group.detail_digest
    assert {each.directory_id for each in users} == set(refused)
    assert all("(6fd2c87f" in each.text and "Office 365 E3" in each.text for each in users)
    (one,) = [each for each in told if each.operation == "change_licenses"]
    assert (one.status, one.code, one.count % 2, bool(one.request_id)) == (400, CODE, 0, True)
    for told_somewhere in (
        on_one_line(story(whole)),
        on_one_line(unresolved(users)),
        on_one_line(refusals(told)),
        json.dumps(audited),
        json.dumps(case),
        json.dumps([as_plain(each) for each in page.users]),
    ):
        assert "is not part of SKU" in told_somewhere
        assert "fernwick.example" not in told_somewhere
    assert on_one_line(unresolved(users)).count("is not part of SKU") == 1
    assert not set(refused) & set(json.dumps(case).split('"'))
    assert [each["count"] for each in case["users_refused"]] == [2]
    world.calm()
    await world.roll_back(handle)
    await world.result(handle)
