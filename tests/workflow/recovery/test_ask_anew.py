"""Answers that mean "ask anew", and lists that lead astray: the switch goes on, and nobody is blamed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.contract import SwitchOrder
from domain.kernel.awaited import Party
from domain.switch.waiting_events import WaitNoted
from store.record.notifications import StoredNotification
from tests.support.worlds.world import CLEAN, TARGET_PLAN, World

USERS = 30
#: Kind -> rules of the sandbox's fault program.
PASSING: dict[str, list[dict[str, Any]]] = {
    "token expired": [
        {"operation": "subscribed_plans", "fault": "token_expired", "hits": [2]},
        {"operation": "change_licenses", "fault": "token_expired", "hits": [1]},
        {"operation": "cancel_subscription", "fault": "token_expired", "hits": [1]},
        {"operation": "invoice", "fault": "token_expired", "hits": [1]},
    ],
    "whole calls": [
        {"operation": "users_page", "fault": "refused", "hits": [1], "status": 403, "code": "Forbidden"},
        {"operation": "checkout", "fault": "refused", "hits": [1], "status": 409, "code": "Conflict"},
        {"operation": "change_licenses", "fault": "refused", "hits": [1], "status": 423},
        {"operation": "cancel_subscription", "fault": "refused", "hits": [1], "status": 412, "code": "Etag"},
        {"operation": "start_billing", "fault": "refused", "hits": [1], "status": 423},
        {"operation": "send_notice", "fault": "refused", "hits": [1], "status": 401, "code": "unauthorized"},
    ],
    "items": [
        {"fault": "item_refused", "rate": 0.3, "count": 1, "status": status, "code": code, "text": "Later."}
        for status, code in (
            (401, "InvalidAuthenticationToken"),
            (403, "Authorization_RequestDenied"),
            (423, "Locked"),
            (400, "LicenseAssignmentAttributeConcurrencyException"),
        )
    ],
    "page expired": [{"operation": "users_page", "fault": "page_expired", "hits": [2, 5, 9]}],
    "link repeated": [{"operation": "users_page", "fault": "page_repeated", "hits": [2, 3, 6]}],
    "user repeated": [
        {"operation": "users_page", "fault": "entry_repeated", "rate": 1, "page_size": 7},
        {"operation": "service_health", "fault": "entry_repeated", "rate": 1, "page_size": 2},
        {"operation": "purchases", "fault": "entry_repeated", "rate": 1, "page_size": 2},
    ],
}


def plant(world: World, order: SwitchOrder, rules: list[dict[str, Any]]) -> None:
    """Let things go wrong for one organization from now on."""
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"seed": 7, "rules": rules}).raise_for_status()


def end_faults(world: World, order: SwitchOrder) -> None:
    """Let nothing go wrong any more for one organization."""
    world.sandbox.control.delete(f"/sandbox/organizations/{order.organization_id}/faults").raise_for_status()


def fired(world: World, order: SwitchOrder) -> set[str]:
    """Return the kinds of fault that came."""
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    return set(world.sandbox.control.get(path).json()["fired"])


def notes(world: World, order: SwitchOrder) -> list[StoredNotification]:
    """Return the waits that were noted."""
    return [each for each in world.source_events(order) if isinstance(each.event, WaitNoted)]


def codes(world: World, order: SwitchOrder) -> set[str]:
    """Return the codes of the waits that were noted."""
    events: list[Any] = [each.event for each in notes(world, order)]
    return {event.code for event in events}


async def test_what_means_ask_anew_fails_neither_a_switch_nor_a_user(world: World) -> None:
    """Each kind passes: everybody is moved once, no user failed, nothing came twice (rules#ask-anew)."""
    orders = {kind: world.order(world.organization(users=USERS)) for kind in PASSING}
    for kind, rules in PASSING.items():
        plant(world, orders[kind], rules)
    results = await asyncio.gather(*(world.complete(order) for order in orders.values()))

    for (kind, order), result in zip(orders.items(), results, strict=True):
        told = fired(world, order)
        assert told == {rule["fault"] for rule in PASSING[kind]}, kind
        assert (result.outcome, result.code, result.moved) == ("completed", "", USERS), kind
        assert world.failings(order) == CLEAN, kind
        rows = world.store.license_rows(order.switch_id, "move")
        assert [row.outcome for row in rows] == ["moved"] * USERS, kind
        assert len({row.user_key for row in rows}) == USERS, kind
        assert all(TARGET_PLAN in plans for plans in world.users(order).values()), kind


@pytest.mark.parametrize(
    ("rules", "code", "party", "words"),
    [
        (
            [{"operation": "users_page", "fault": "page_repeated", "rate": 1}],
            "PAGING_UNRELIABLE",
            Party.DIRECTORY,
            "on pages that end",
        ),
        (
            [
                {"fault": "item_refused", "rate": 1, "status": 403, "code": "Denied", "text": "No."},
            ],
            "PERMISSION_MISSING",
            Party.OPERATOR,
            "grant this installation what it needs at the directory",
        ),
        (
            [
                {
                    "operation": "checkout",
                    "fault": "refused",
                    "rate": 1,
                    "status": 401,
                    "code": "InvalidAuthenticationToken",
                }
            ],
            "ACCESS_LOST",
            Party.OPERATOR,
            "renew this installation's sign-in at the seller",
        ),
    ],
    ids=["link repeated", "item 403", "token"],
)
async def test_what_lasts_is_waited_for_by_name_and_goes_on_by_itself(
    world: World, rules: list[dict[str, Any]], code: str, party: Party, words: str
) -> None:
    """The step waits, visible, with a remedy; once the cause is gone nobody has to do anything more."""
    order = world.order(world.organization(users=USERS))
    # The request reads the users as well: it is accepted before anything goes wrong.
    world.block(f"POST /v1/customers/{order.organization_id}/carts")
    handle, answer = await world.start(order)
    assert answer.accepted
    plant(world, order, rules)
    world.block()
    await world.until(lambda: code in codes(world, order))

    note: Any = notes(world, order)[-1].event
    assert (note.code, note.party) == (code, party)
    assert words in note.awaited.words()
    assert note.remedy
    end_faults(world, order)
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", USERS)
    assert world.failings(order) == CLEAN
    rows = world.store.license_rows(order.switch_id, "move")
    assert {row.outcome for row in rows} == {"moved"}
