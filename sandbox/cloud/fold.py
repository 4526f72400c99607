"""How a journal record changes the state: the only code that mutates it, live and at replay."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sandbox.cloud.group_fold import (
    GROUP_RECORDS,
    edit_group_error,
    edit_group_licenses,
    edit_group_member,
    edit_group_nested,
    feed_license,
)
from sandbox.cloud.relationships import RELATIONSHIP_EDITS
from sandbox.identity.applications import IDENTITY_RECORDS, Identities
from sandbox.kernel.calendar_days import local_day
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.journal import Record
from sandbox.kernel.model import Json, License, Organization, Subscription, User
from sandbox.kernel.settings import Settings
from sandbox.kernel.skus import edit_sku
from sandbox.referee.referee_acknowledged import ACKNOWLEDGMENT

_INSTANTS = ("created_at", "visible_at", "ready_at", "cancellable_until", "grace_ends_at", "cancelled_at")


@dataclasses.dataclass(kw_only=True, slots=True)
class State:
    """Everything the sandbox knows."""

    organizations: dict[str, Organization] = dataclasses.field(default_factory=dict)
    #: Applications and people, of no organization alone.
    identities: Identities = dataclasses.field(default_factory=Identities)
    settings: Settings = dataclasses.field(default_factory=Settings)
    #: Instant of the last record; the next one is later.
    last_at: str = ""


def subscription_document(subscription: Subscription, **changes: Any) -> Json:
    """Return a subscription as the journal keeps it, with some fields changed."""
    document = dataclasses.asdict(subscription) | changes
    for name in _INSTANTS:
        if document[name] is not None and not isinstance(document[name], str):
            document[name] = iso(document[name])
    return document


def subscription_of(document: Json) -> Subscription:
    """Read a subscription back from its journal document."""
    instants = {name: parse_instant(document[name]) for name in _INSTANTS if document[name] is not None}
    return Subscription(**(document | instants))


def fold(state: State, record: Record) -> None:
    """Apply one record to the state."""
    state.last_at = record["at"]
    if record["type"] == "settings":
        state.settings = Settings.model_validate(record["settings"])
    elif record["type"] in IDENTITY_RECORDS:
        IDENTITY_RECORDS[record["type"]](state.identities, record)
    elif record["type"] == "organization":
        state.organizations[record["organization_id"]] = _organization(record)
    else:
        _fold_into(state.organizations[record["organization_id"]], record)


def _fold_into(organization: Organization, record: Record) -> None:
    """Apply a record of one organization to it."""
    if record["type"] == "licenses":
        for user_id, added, removed in record["changes"]:
            change_licenses(organization, organization.users[user_id], added, removed, record["at"])
        for user_id in record.get("refused", ()):
            use_refusal(organization.users[user_id])
    elif record["type"] in GROUP_RECORDS:
        GROUP_RECORDS[record["type"]](organization, record)
    elif record["type"] == "edit":
        fold_edit(organization, record["edit"], record["at"])
    else:
        _store_documents(organization, record)


def change_licenses(
    organization: Organization,
    user: User,
    added: Iterable[Sequence[Any]],
    removed: Iterable[str],
    at: str,
) -> None:
    """Carry out one user's license change: removals and additions at one instant.

    Args:
        organization: Owner of the user.
        user: The user.
        added: Pairs of plan id and service plan ids to switch off.
        removed: Plan ids whose direct assignment goes.
        at: Instant of the change.
    """
    held, consumed = user.licenses, organization.consumed
    for plan_id in removed:
        old = held.pop(plan_id)
        if old.feeds:
            held[plan_id] = dataclasses.replace(old, own=None, updated_at=at)
        else:
            consumed[plan_id] -= 1
    for plan_id, disabled in added:
        current = held.get(plan_id)
        if current is None:
            consumed[plan_id] = consumed.get(plan_id, 0) + 1
        feeds = current.feeds if current else ()
        held[plan_id] = License(own=tuple(disabled), feeds=feeds, updated_at=at)


def use_refusal(user: User) -> None:
    """Count one use of the user's first planted refusal and drop it when it is used up."""
    first = user.refusals[0]
    first["times"] -= 1
    if first["times"] <= 0:
        del user.refusals[0]


def _organization(record: Record) -> Organization:
    organization = Organization(
        organization_id=record["organization_id"], profile=record["profile"], request=record["request"]
    )
    for row in record["users"]:
        add_user(organization, row, record["at"], is_bulk=True)
    organization.user_order = sorted(organization.users)
    _store_documents(organization, record)
    return organization


def add_user(organization: Organization, row: Sequence[Any], at: str, *, is_bulk: bool = False) -> None:
    """Add the user of a journal row: id, name, principal name, department, enabled, location, licenses."""
    user_id, name, principal_name, department, is_enabled, usage_location, licenses = row
    user = User(
        user_id=user_id,
        display_name=name,
        principal_name=principal_name,
        department=department,
        is_enabled=is_enabled,
        usage_location=usage_location,
    )
    organization.users[user_id] = user
    for plan_id, disabled, group_id in licenses:
        if group_id is None:
            user.licenses[plan_id] = License(own=tuple(disabled), updated_at=at)
            organization.consumed[plan_id] = organization.consumed.get(plan_id, 0) + 1
        else:
            feed_license(organization, user, group_id, plan_id, tuple(disabled), at=at)
    organization.principal_names[principal_name.lower()] = user_id
    if not is_bulk:
        insort(organization.user_order, user_id)


def _store_documents(organization: Organization, record: Record) -> None:
    """Take over the documents that a commerce record carries whole."""
    for document in record.get("subscriptions", ()):
        organization.subscriptions[document["subscription_id"]] = subscription_of(document)
    for cart in record.get("carts", ()):
        organization.carts[cart["id"]] = cart
    for order in record.get("orders", ()):
        organization.orders[order["id"]] = order
    for check in record.get("checks", ()):
        organization.checks[check["check_id"]] = check
    organization.ledger.extend(record.get("entries", ()))
    organization.notices.extend(record.get("notices", ()))
    organization.alarms.extend(record.get("alarms", ()))
    organization.profile |= record.get("profile", {})
    organization.parties |= record.get("parties", {})
    organization.sequence = record.get("sequence", organization.sequence)
    if "answer" in record:
        organization.answers[record["answer"]["key"]] = record["answer"]
    if record["type"] == "user_patched":
        _change_user(organization.users[record["user_id"]], record)


def _change_user(user: User, facts: Mapping[str, Any]) -> None:
    """Give a user the fields that were changed; others stay."""
    for name in ("usage_location", "is_enabled", "department", "display_name", "mail"):
        if name in facts:
            setattr(user, name, facts[name])


def fold_edit(organization: Organization, edit: Json, at: str) -> None:
    """Apply one planted edit; the kinds are declared in edits.py."""
    _EDITS[edit["kind"]](organization, edit, at)


def _edit_licenses(organization: Organization, edit: Json, at: str) -> None:
    user = organization.users[edit["user_id"]]
    change_licenses(organization, user, edit["add"], edit["remove"], at)


def _edit_add_user(organization: Organization, edit: Json, at: str) -> None:
    add_user(organization, edit["row"], at)


def _edit_delete_user(organization: Organization, edit: Json, _at: str) -> None:
    user = organization.users.pop(edit["user_id"])
    del organization.user_order[bisect_left(organization.user_order, user.user_id)]
    organization.principal_names.pop(user.principal_name.lower(), None)
    for group in organization.groups.values():
        group.members.pop(user.user_id, None)
    for plan_id in user.licenses:
        organization.consumed[plan_id] -= 1


def _edit_user(organization: Organization, edit: Json, _at: str) -> None:
    _change_user(organization.users[edit["user_id"]], edit)


def _edit_license_state(organization: Organization, edit: Json, _at: str) -> None:
    inactive = organization.users[edit["user_id"]].inactive_plans
    if edit["is_active"]:
        inactive.pop(edit["plan_id"], None)
    else:
        inactive[edit["plan_id"]] = edit.get("state", "Disabled")


def _edit_group_license(organization: Organization, edit: Json, at: str) -> None:
    user, plan_id = organization.users[edit["user_id"]], edit["plan_id"]
    old = user.licenses.get(plan_id)
    feed_license(organization, user, edit["group_id"], plan_id, old.disabled if old else (), at=at)
    if old and old.is_direct and not edit["keep_direct"]:
        change_licenses(organization, user, (), [plan_id], at)


def _edit_refusal(organization: Organization, edit: Json, _at: str) -> None:
    organization.users[edit["user_id"]].refusals.append(
        {"status": edit["status"], "code": edit["code"], "text": edit["text"], "times": edit["times"]}
    )


def _edit_health(organization: Organization, edit: Json, _at: str) -> None:
    organization.health[edit["service"]] = edit["status"]


def _edit_profile(organization: Organization, edit: Json, _at: str) -> None:
    organization.profile |= edit["changes"]


def _edit_subscription(organization: Organization, edit: Json, _at: str) -> None:
    document = edit["document"]
    organization.subscriptions[document["subscription_id"]] = subscription_of(document)
    organization.ledger.extend(edit.get("entries", ()))


def _edit_product(organization: Organization, edit: Json, _at: str) -> None:
    organization.products.append(edit["view"])


def _edit_roles(organization: Organization, edit: Json, _at: str) -> None:
    organization.roles[edit["user_id"]] = edit["roles"]


def _edit_verdict(organization: Organization, edit: Json, _at: str) -> None:
    organization.planted_refusals = edit["errors"]


def _edit_credit(organization: Organization, edit: Json, at: str) -> None:
    for check_id, check in organization.checks.items():
        if check["status"] == "required":
            organization.checks[check_id] = check | {"verdict": edit["verdict"], "due_at": at}


def _edit_invoice_delivery(organization: Organization, _edit: Json, at: str) -> None:
    for entry in organization.ledger:
        if entry["kind"] == "invoice":
            entry["delivers_at"] = min(entry["delivers_at"], at)


def _edit_credit_settlement(organization: Organization, _edit: Json, at: str) -> None:
    today = local_day(parse_instant(at), organization.zone).isoformat()
    for entry in organization.ledger:
        # Licenses given back inside a period are no credit that travels.
        if "settles_on" in entry:
            entry["settles_on"] = min(entry["settles_on"], today)


def _edit_nothing(_organization: Organization, _edit: Json, _at: str) -> None:
    """Leave everything as it is: the journal keeps it for the referee."""


_EDITS: dict[str, Callable[[Organization, Json, str], None]] = {
    "licenses": _edit_licenses,
    "add_user": _edit_add_user,
    "delete_user": _edit_delete_user,
    "user": _edit_user,
    "group_license": _edit_group_license,
    "license_state": _edit_license_state,
    "group_error": edit_group_error,
    "group_licenses": edit_group_licenses,
    "group_member": edit_group_member,
    "group_nested": edit_group_nested,
    "refusal": _edit_refusal,
    "health": _edit_health,
    "profile": _edit_profile,
    "subscription": _edit_subscription,
    "purchase": _edit_subscription,
    "quantity": _edit_subscription,
    "roles": _edit_roles,
    "sku": edit_sku,
    "product": _edit_product,
    "verdict": _edit_verdict,
    "credit": _edit_credit,
    ACKNOWLEDGMENT: _edit_nothing,
    "invoice_delivery": _edit_invoice_delivery,
    "credit_settlement": _edit_credit_settlement,
    **RELATIONSHIP_EDITS,
}
