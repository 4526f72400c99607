"""Edits planted by hand: what somebody with access to the cloud's own consoles might do during a switch.

Kinds and their fields (user_id may be an object id or a principal name):
`licenses` user_id, add [{skuId, disabledPlans}], remove [skuId] · `add_user` display_name, plan_id,
disabled · `license_state` user_id, plan_id, is_active, state (licenses of the plan are Disabled, or Error,
for the user from now on, those that come later too; or work again) · `delete_user` user_id ·
`user` user_id, usage_location and/or is_enabled ·
`group_license` user_id, plan_id, keep_direct (a group has given it for long) ·
`group_licenses` name, add, remove (what a group gives) · `group_member` name, user_id, is_member ·
`group_nested` name, inner, is_member (a group in a group) · `group_error` user_id, error, times (what a
group can't give the next times, in the vendor's word) · `refusal` user_id, status, code, text, times (the
directory refuses the next license changes of that user) · `health` service, status · `profile` changes
(billing profile) · `subscription` subscription_id, changes · `credit` verdict (the bureau decides open
checks so, at once) · `invoice_delivery` (every invoice on its way arrives now) · `credit_settlement` (every
credit arrives today) · `purchase` plan_id, quantity, parent_subscription_id (of an add-on),
is_sold_elsewhere, is_billed (paid for the period of the first subscription) · `quantity` subscription_id,
quantity, from_on (licenses bought or given back inside the period: billing books the days that are left) ·
`roles` user_id, roles (of the directory) · `verdict` errors [{code, description}] (what the seller refuses
every upgrade for; null: he decides by himself again) · `sku` plan_id, without [service], add
[{service_plan_id, name}] (the organization has other services of a plan than the published list) ·
`product` product (azure_plan, software, reservation, saas and so on: what the customer has at the seller
beside licenses) · `acknowledgment` plan_id, codes (what the customer confirms with the next order of that
plan, for the referee alone: `dependent_service_off`; no codes take it back).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.billing.billing import read_integer, read_text
from sandbox.billing.profiles import check_profile
from sandbox.billing.quantities import plan_quantity
from sandbox.cloud.answers import HTTP_BAD_REQUEST, HTTP_NOT_FOUND, Refusal
from sandbox.cloud.bounds import QUANTITY_MAX, integer_of, invalid, require_instant
from sandbox.cloud.fold import subscription_document, subscription_of
from sandbox.cloud.licenses import BAD_REQUEST, find_user, read_change
from sandbox.cloud.state import Sandbox, named_id
from sandbox.control.sku_edits import plan_sku
from sandbox.directory.group_members import plan_group_nested
from sandbox.directory.group_routes import plan_group_error, plan_group_licenses, plan_group_member
from sandbox.faults.fault_settings import VERDICTS
from sandbox.kernel.health_board import HEALTH_BOARD, HEALTH_WORDS
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import PlanBook
from sandbox.organizations.organizations import FEEDING_GROUP
from sandbox.organizations.other_products import plan_product
from sandbox.referee.referee_acknowledged import ACKNOWLEDGMENT
from sandbox.seller.inquiries import plan_purchase, plan_roles, plan_verdict

_STATUS_MAX = 599
_INSTANTS = ("cancellable_until", "grace_ends_at", "ready_at")
_CHANGEABLE = frozenset(
    [
        "quantity",
        "status",
        "contract_type",
        "is_trial",
        "is_auto_renewed",
        "friendly_name",
        "scheduled",
        "cancellable_until",
        "grace_ends_at",
        "ready_at",
        "service_statuses",
    ]
)


def plan_edit(organization: Organization, wanted: Any, sandbox: Sandbox) -> Json:
    """Return the edit as the journal keeps it.

    Raises:
        Refusal: It is not understood, or names somebody or something that is not there.
    """
    kind = wanted.get("kind") if isinstance(wanted, dict) else None
    group_planner = _GROUP_PLANNERS.get(str(kind))
    if group_planner is not None:
        return {"kind": kind} | group_planner(organization, wanted, sandbox)
    planner = _PLANNERS.get(str(kind))
    if planner is None:
        raise invalid(f"kind must be one of {', '.join((*_PLANNERS, *_GROUP_PLANNERS))}.")
    return {"kind": kind} | planner(organization, wanted, sandbox.plans)


def _user_id(organization: Organization, wanted: Json) -> str:
    return find_user(organization, read_text(wanted, "user_id")).user_id


def _licenses(organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    user = find_user(organization, read_text(wanted, "user_id"))
    change = read_change({"addLicenses": wanted.get("add", []), "removeLicenses": wanted.get("remove", [])})
    for plan_id in change.removed:
        if plan_id not in user.licenses:
            raise invalid(f"The user does not hold {plan_id}.")
    for plan_id, _disabled in change.added:
        _known_plan(plan_id, plans)
    return {"user_id": user.user_id, "add": change.added, "remove": change.removed}


#: States of a license that gives nothing.
_NOT_WORKING = ("Disabled", "Error")


def _known_plan(plan_id: str, plans: PlanBook) -> str:
    if plan_id.lower() not in plans:
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_PLAN", f"There is no plan {plan_id}.")
    return plan_id.lower()


def _add_user(organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    name = read_text(wanted, "display_name")
    plan_id = _known_plan(read_text(wanted, "plan_id"), plans)
    user_id = named_id(organization.organization_id, f"hand-user:{name}")
    if user_id in organization.users:
        raise invalid(f"There is a user {name} already.")
    principal_name = f"{name.lower().replace(' ', '.')}.{user_id[:8]}@customer.onmicrosoft.example"
    location = organization.profile["country"]
    licenses = [[plan_id, list(wanted.get("disabled", [])), None]]
    return {
        "user_id": user_id,
        "row": [user_id, name, principal_name, "Joined", True, location, licenses],
    }


def _delete_user(organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    return {"user_id": _user_id(organization, wanted)}


def _user(organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    kept = {name: wanted[name] for name in ("usage_location", "is_enabled") if name in wanted}
    return {"user_id": _user_id(organization, wanted)} | kept


def _license_state(organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    return {
        "user_id": _user_id(organization, wanted),
        "plan_id": _known_plan(read_text(wanted, "plan_id"), plans),
        "is_active": bool(wanted.get("is_active", False)),
        "state": _license_word(wanted),
    }


def _license_word(wanted: Json) -> str:
    word = str(wanted.get("state", "Disabled"))
    if word not in _NOT_WORKING:
        raise invalid(f"state {word!r} is none in which a license does not work: {', '.join(_NOT_WORKING)}.")
    return word


def _group_license(organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    return {
        "user_id": _user_id(organization, wanted),
        "plan_id": _known_plan(read_text(wanted, "plan_id"), plans),
        "group_id": named_id(organization.organization_id, FEEDING_GROUP),
        "keep_direct": bool(wanted.get("keep_direct", False)),
    }


def _refusal(organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    defaults = {"status": HTTP_BAD_REQUEST, "times": 1, "code": BAD_REQUEST}
    given = defaults | wanted
    return {
        "user_id": _user_id(organization, wanted),
        "status": read_integer(given, "status", minimum=HTTP_BAD_REQUEST, maximum=_STATUS_MAX),
        "code": read_text(given, "code"),
        "text": read_text(given, "text"),
        "times": read_integer(given, "times", minimum=1),
    }


def _health(_organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    named = wanted.get("service")
    service = next((one for one, name in HEALTH_BOARD.items() if named in (one, name)), None)
    if service is None or wanted.get("status") not in HEALTH_WORDS:
        allowed = ", ".join(HEALTH_BOARD.values())
        raise invalid(f"service must be one of {allowed} and status one of the vendor's words.")
    return {"service": service, "status": wanted["status"]}


def _profile(_organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    changes = wanted.get("changes")
    check_profile(changes)
    return {"changes": changes}


def _credit(_organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    if wanted.get("verdict") not in VERDICTS:
        raise invalid(f"verdict must be one of {', '.join(VERDICTS)}.")
    return {"verdict": wanted["verdict"]}


def _acknowledgment(_organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    codes = wanted.get("codes")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise invalid("codes must be a list of words.")
    return {"plan_id": _known_plan(read_text(wanted, "plan_id"), plans), "codes": sorted(codes)}


def _everything(_organization: Organization, _wanted: Json, _plans: PlanBook) -> Json:
    return {}


def _subscription(organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    owned = organization.subscriptions.get(read_text(wanted, "subscription_id").lower())
    changes = wanted.get("changes")
    if owned is None:
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_SUBSCRIPTION", "There is no such subscription.")
    if not isinstance(changes, dict) or set(changes) - _CHANGEABLE:
        raise invalid(f"changes must name fields out of {', '.join(sorted(_CHANGEABLE))}.")
    _require_bounds(changes)
    document = subscription_document(owned, **changes, version=owned.version + 1)
    try:
        subscription_of(document)
    except (TypeError, ValueError) as error:
        raise invalid(f"changes can't be read: {error}.") from error
    return {"document": document}


def _require_bounds(changes: Json) -> None:
    """Refuse numbers and instants with which nobody can compute."""
    if "quantity" in changes:
        integer_of(changes["quantity"], "changes.quantity", minimum=0, maximum=QUANTITY_MAX)
    for name in _INSTANTS:
        if changes.get(name) is not None:
            require_instant(changes[name], f"changes.{name}")


_GROUP_PLANNERS: dict[str, Callable[[Organization, Json, Sandbox], Json]] = {
    "group_error": plan_group_error,
    "group_licenses": plan_group_licenses,
    "group_member": plan_group_member,
    "group_nested": plan_group_nested,
}
_PLANNERS: dict[str, Callable[[Organization, Json, PlanBook], Json]] = {
    "licenses": _licenses,
    "add_user": _add_user,
    "delete_user": _delete_user,
    "user": _user,
    "group_license": _group_license,
    "license_state": _license_state,
    "refusal": _refusal,
    "health": _health,
    "profile": _profile,
    "subscription": _subscription,
    "purchase": plan_purchase,
    "quantity": plan_quantity,
    "roles": plan_roles,
    "sku": plan_sku,
    "product": plan_product,
    "verdict": plan_verdict,
    "credit": _credit,
    ACKNOWLEDGMENT: _acknowledgment,
    "invoice_delivery": _everything,
    "credit_settlement": _everything,
}
