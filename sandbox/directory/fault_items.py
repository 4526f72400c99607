"""Faults of single items of a batch, and of the order of its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import Scope

from sandbox.cloud.answers import HTTP_TOO_MANY, Refusal
from sandbox.cloud.state import Sandbox
from sandbox.faults.fault_calls import CHANGE_LICENSES, USERS
from sandbox.faults.fault_rules import (
    ItemFailed,
    ItemFault,
    ItemRefused,
    ItemThrottled,
    ItemWithoutSuccess,
    draw,
)
from sandbox.kernel.model import Json, Organization

#: Where the middleware leaves the fault that shuffles the answers of a batch.
SHUFFLED = "planswitch.shuffled"


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemOutcome:
    """How one item goes wrong."""

    #: The item has its effect all the same.
    is_carried_out: bool
    #: What it is answered; None leaves it out of the answers.
    refusal: Refusal | None


def item_fault(sandbox: Sandbox, organization: Organization, item: Json) -> ItemOutcome | None:
    """Count an item at the program's rules and return how it goes wrong, None when it does not."""
    if sandbox.faults.is_idle:
        return None
    parts = unquote(urlsplit(item["url"]).path).strip("/").removeprefix("v1.0/").split("/")
    user_id = parts[1] if len(parts) > 1 else ""
    operation = USERS if item["method"].upper() == "GET" else CHANGE_LICENSES
    fired = sandbox.faults.on_item(organization.organization_id, operation, user_id)
    return None if fired is None else _outcome(fired.rule)


def _outcome(rule: ItemFault) -> ItemOutcome:
    is_carried_out = isinstance(rule, ItemWithoutSuccess) and rule.is_carried_out
    return ItemOutcome(is_carried_out=is_carried_out, refusal=_refusal(rule))


def _refusal(rule: ItemFault) -> Refusal | None:
    if isinstance(rule, ItemThrottled):
        headers = {"Retry-After": f"{rule.retry_after_seconds:g}"}
        return Refusal(HTTP_TOO_MANY, "TooManyRequests", "Please retry again later.", headers=headers)
    if isinstance(rule, ItemFailed):
        return Refusal(rule.status, "serviceNotAvailable", "The service is temporarily unavailable.")
    return Refusal(rule.status, rule.code, rule.text) if isinstance(rule, ItemRefused) else None


def order_of(scope: Scope) -> Callable[[list[Json]], list[Json]]:
    """Return the order in which the answers of a batch leave: that of the requests, or a drawn one."""
    fired: Any = scope.get(SHUFFLED)
    if fired is None:
        return lambda responses: responses
    return lambda responses: sorted(
        responses, key=lambda answer: draw(fired.seed, fired.rule.name, fired.point, fired.hit, answer["id"])
    )
