"""What becomes of add-ons in a switch: included, carried over, or in the way (rules#addon_incompatible)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import domain.catalog
from domain.catalog.catalog import Catalog, UnknownPlan
from domain.catalog.plans import Plan, ServicePlan
from domain.kernel.memo import by_identity
from domain.ports.seller_port import HELD, SellerSubscription

ADDON = "addon"
#: Answers that are kept.
_FATES_MAX = 64
#: What becomes of an add-on.
INCLUDED = "included"
ATTACHABLE = "attachable"
INCOMPATIBLE = "incompatible"


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonFate:
    """What a switch to one plan means for one add-on of the source."""

    subscription_id: str
    plan_id: str
    name: str
    quantity: int
    #: included: it is removed, as the target has it; attachable: it is carried over; incompatible: it blocks.
    fate: str


#: Several checks of one assessment ask for it.
@by_identity(_FATES_MAX)
def addon_fates(
    catalog: Catalog, source: SellerSubscription, held: tuple[SellerSubscription, ...], target: Plan
) -> tuple[AddonFate, ...]:
    """Return what happens to each live add-on of the source when its users go to `target`.

    Args:
        catalog: Plans and add-ons.
        source: The subscription that is left.
        held: Every subscription of the organization at the seller.
        target: The plan to go to.
    """
    return tuple(
        AddonFate(
            subscription_id=each.subscription_id,
            plan_id=each.plan_id,
            name=each.plan_name,
            quantity=each.quantity,
            fate=_fate(_plan_of(catalog, each), target),
        )
        for each in held
        if _is_addon_of(catalog, each, source)
    )


def _is_addon_of(catalog: Catalog, each: SellerSubscription, source: SellerSubscription) -> bool:
    """Return whether a live subscription hangs on the source; legacy add-ons need not name their parent."""
    if each.subscription_id == source.subscription_id or each.state not in HELD:
        return False
    if each.parent_subscription_id:
        return each.parent_subscription_id.lower() == source.subscription_id.lower()
    addon = _plan_of(catalog, each)
    return addon is not None and addon.kind == ADDON


def _plan_of(catalog: Catalog, each: SellerSubscription) -> Plan | None:
    try:
        return catalog.plan(each.plan_id)
    except UnknownPlan:
        return None


def _fate(addon: Plan | None, target: Plan) -> str:
    if addon is None or addon.segment != target.segment:
        return INCOMPATIBLE
    if addon.has_known_services and all(_has(target, each) for each in addon.service_plans):
        return INCLUDED
    needed = _base_services().get(addon.product_code)
    services = {each.service for each in target.service_plans}
    return ATTACHABLE if needed is not None and services & needed else INCOMPATIBLE


def _has(target: Plan, wanted: ServicePlan) -> bool:
    """Return whether the target has a service of the add-on in the same or a higher version."""
    return any(
        each.service_plan_id == wanted.service_plan_id
        or (each.service == wanted.service and each.tier >= wanted.tier)
        for each in target.service_plans
    )


@lru_cache(maxsize=1)
def _base_services() -> Mapping[str, frozenset[str]]:
    """Return add-on -> services; its plan has at least one of them."""
    text = files(domain.catalog).joinpath("data/addons.json").read_text("utf-8")
    rows = json.loads(text)["addons"]
    return {row["product_code"]: frozenset(row["attaches_to_any_service"]) for row in rows}
