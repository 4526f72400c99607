"""Switches that take a completed one back, and what the directory shows of users before and after."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from activities.directory.original_settings import first_switch
from tests.support.worlds.world import World

#: User -> licenses: plan, services switched off, and the group that gives it.
Licenses = dict[str, list[tuple[str, tuple[str, ...], str]]]


def licenses(world: World, organization_id: str) -> Licenses:
    """Return every license of every user as the directory shows it, in one order."""
    path = f"/sandbox/organizations/{organization_id}/users"
    users = world.sandbox.control.get(path).raise_for_status().json()["users"]
    return {
        user["id"]: sorted(
            (state["skuId"], tuple(sorted(state["disabledPlans"])), state["assignedByGroup"] or "")
            for state in user["licenseAssignmentStates"]
            if state["state"] != "Error"
        )
        for user in users
    }


def back_order(world: World, first: SwitchOrder, **changes: Any) -> SwitchOrder:
    """Return the order that takes a completed switch back and accepts today's quote."""
    left = first_switch(world.store, first.organization_id, first.switch_id)
    terms = left.terms(
        **{name: changes.pop(name) for name in ("quantity", "acknowledgments") if name in changes}
    )
    names = ("target_plan_id", "quantity", "service_settings", "rule_set", "payment_method")
    asked: dict[str, Any] = {name: getattr(terms, name) for name in names}
    asked |= {
        "source_subscription_id": terms.source_subscription_id,
        "acknowledgments": terms.acknowledgments,
        "switch_back_of": terms.switch_back_of,
    }
    made = {
        "organization_id": first.organization_id,
        "subscription_id": terms.source_subscription_id,
    }
    return world.order(made, **{**asked, **changes})
