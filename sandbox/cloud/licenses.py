"""Decides one `assignLicense` call as the directory does: all of it or nothing, with the vendor's texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sandbox.cloud.answers import HTTP_BAD_REQUEST, HTTP_NOT_FOUND, Refusal, without_annotations
from sandbox.cloud.group_work import excludes
from sandbox.cloud.needs_check import check_needs
from sandbox.kernel.model import Organization, User
from sandbox.kernel.needs import licenses_of
from sandbox.kernel.plans import PlanBook
from sandbox.kernel.skus import services_of

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BAD_REQUEST = "Request_BadRequest"
_PARAMETERS = frozenset({"addLicenses", "removeLicenses"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A license change that was read and understood, not yet allowed."""

    #: Pairs of plan id and service plan ids to switch off.
    added: list[tuple[str, tuple[str, ...]]]
    removed: list[str]


def bad_request(text: str) -> Refusal:
    """Return the directory's 400."""
    return Refusal(HTTP_BAD_REQUEST, BAD_REQUEST, text)


def missing(key: str) -> Refusal:
    """Return the directory's 404 of an id."""
    text = (
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present."
    )
    return Refusal(HTTP_NOT_FOUND, "Request_ResourceNotFound", text)


def read_change(body: Any) -> Change:
    """Read the body of `assignLicense`.

    Raises:
        Refusal: A list is missing, something else is there, or an id is no GUID.
    """
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object.")
    body = without_annotations(body)
    for name in sorted(_PARAMETERS):
        if not isinstance(body.get(name), list):
            raise bad_request(
                "One or more parameters of the function import 'assignLicense' are missing from the request "
                f"payload. The missing parameters are: {name}."
            )
    if len(body) > len(_PARAMETERS):
        unknown = sorted(set(body) - _PARAMETERS)
        raise bad_request(f"The parameter '{unknown[0]}' in the request payload is not valid.")
    change = Change(
        added=[_addition(item) for item in body["addLicenses"]],
        removed=[_guid(item) for item in body["removeLicenses"]],
    )
    if not change.added and not change.removed:
        raise bad_request("No license changes provided")
    named = [*(plan_id for plan_id, _disabled in change.added), *change.removed]
    if len(set(named)) < len(named):
        raise bad_request("A SKU may be named only once in addLicenses and removeLicenses together.")
    return change


def find_user(organization: Organization, key: str) -> User:
    """Return the user of an object id or principal name.

    Raises:
        Refusal: There is none (404).
    """
    user = organization.users.get(key.lower())
    if user is None:
        user = organization.users.get(organization.principal_names.get(key.lower(), ""))
    if user is None:
        raise missing(key)
    return user


def check_change(
    organization: Organization,
    user: User,
    change: Change,
    *,
    plans: PlanBook,
    now: datetime,
    is_exclusive: bool = False,
) -> None:
    """Check that a change is allowed for a user.

    Args:
        organization: Owner of the user.
        user: The user.
        change: What is wanted.
        plans: The price book.
        now: The present instant.
        is_exclusive: Plans that hold the same data service in different tiers exclude each other.

    Raises:
        Refusal: It is not; nothing of it happens.
    """
    for plan_id in change.removed:
        _check_removal(user, plan_id)
    if change.added and not user.usage_location:
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    for plan_id, disabled in change.added:
        check_services(organization, plan_id, disabled, plans)
        if plan_id not in user.licenses and organization.free_seats(plan_id, now) < 1:
            raise bad_request(f"Subscription with SKU {plan_id} does not have any available licenses.")
    if is_exclusive:
        _check_exclusion(user, change, plans)
    held = licenses_of(user)
    left = {plan_id: off for plan_id, off in held.items() if plan_id not in change.removed}
    fed = {plan_id: off for plan_id, off in held.items() if user.licenses[plan_id].feeds}
    check_needs(organization, held, fed | left | dict(change.added), plans)


def _check_exclusion(user: User, change: Change, plans: PlanBook) -> None:
    kept = {plan_id for plan_id, held in user.licenses.items() if plan_id not in change.removed or held.feeds}
    for plan_id, _disabled in change.added:
        if any(excludes(plans, plan_id, other) for other in kept):
            raise bad_request("License assignment failed because of mutually exclusive service plans.")


def _check_removal(user: User, plan_id: str) -> None:
    held = user.licenses.get(plan_id)
    if held is None:
        raise bad_request("User does not have a corresponding license.")
    if not held.is_direct:
        raise bad_request(
            "User license is inherited from a group membership and it cannot be removed directly "
            "from the user."
        )


def check_services(
    organization: Organization, plan_id: str, disabled: tuple[str, ...], plans: PlanBook
) -> None:
    """Check that a plan is there to be given, and that what is to be off is part of it.

    Raises:
        Refusal: It is not.
    """
    plan = plans.get(plan_id)
    if plan is None or not any(owned.plan_id == plan_id for owned in organization.subscriptions.values()):
        raise bad_request(f"License {plan_id} does not correspond to a valid company License.")
    if not disabled:
        return
    known = {service.service_plan_id for service in services_of(organization, plan)}
    for service_plan_id in disabled:
        if service_plan_id not in known:
            raise bad_request(
                f"License assignment failed because service plan {service_plan_id} is not part of "
                f"SKU {plan_id}."
            )


def _addition(item: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(item, dict) or "skuId" not in item:
        raise bad_request("Each entry of addLicenses needs a skuId.")
    disabled = item.get("disabledPlans", [])
    if not isinstance(disabled, list):
        raise bad_request("disabledPlans must be a list of service plan ids.")
    return _guid(item["skuId"]), tuple(_guid(service_plan_id) for service_plan_id in disabled)


def _guid(value: Any) -> str:
    text = _canonical(value) if isinstance(value, str) else ""
    if not text:
        raise bad_request(f"Cannot convert the literal '{value}' to the expected type 'Edm.Guid'.")
    return text


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    """Return a GUID in small letters, "" where it is none; plans and services are few and come often."""
    small = text.lower()
    return small if _GUID.fullmatch(small) else ""
