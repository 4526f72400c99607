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
from sandbox.faults.fault_engine import Fired
from sandbox.faults.fault_program import draw
from sandbox.kernel.model import Json, Organization

#: Where the middleware leaves the fault that shuffles the answers of a batch.
SHUFFLED = "planswitch.shuffled"
_SAID = {HTTP_TOO_MANY: ("TooManyRequests", "Please retry again later.")}
_FAILED = ("serviceNotAvailable", "The service is temporarily unavailable.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFault:
    """How one item goes wrong."""

    #: The item has its effect all the same.
    is_carried_out: bool
    #: What it is answered; None leaves it out of the answers.
    refusal: Refusal | None


def item_fault(sandbox: Sandbox, organization: Organization, item: Json) -> ItemFault | None:
    """Count an item at the program's rules and return how it goes wrong, None when it does not."""
    if sandbox.faults.is_idle:
        return None
    parts = unquote(urlsplit(item["url"]).path).strip("/").removeprefix("v1.0/").split("/")
    user_id = parts[1] if len(parts) > 1 else ""
    operation = USERS if item["method"].upper() == "GET" else CHANGE_LICENSES
    fired = sandbox.faults.on_item(organization.organization_id, operation, user_id)
    return None if fired is None else _fault_of(fired)


def _fault_of(fired: Fired) -> ItemFault:
    kind, told = fired.rule.fault, fired.rule.parameters
    is_carried_out = told.get("is_carried_out", False)
    if kind == "item_missing":
        return ItemFault(is_carried_out=is_carried_out, refusal=None)
    if kind == "item_refused":
        refusal = Refusal(told["status"], told["code"], told["text"])
        return ItemFault(is_carried_out=False, refusal=refusal)
    status = HTTP_TOO_MANY if kind == "item_throttled" else told["status"]
    seconds = told.get("retry_after_seconds", 0)
    headers = {"Retry-After": f"{seconds:g}"} if kind == "item_throttled" else {}
    refusal = Refusal(status, *_SAID.get(status, _FAILED), headers=headers)
    return ItemFault(is_carried_out=is_carried_out, refusal=refusal)


def order_of(scope: Scope) -> Callable[[list[Json]], list[Json]]:
    """Return in which order the answers of a batch leave: as asked, or as a fault draws it."""
    fired: Any = scope.get(SHUFFLED)
    if fired is None:
        return lambda responses: responses
    return lambda responses: sorted(
        responses, key=lambda answer: draw(fired.seed, fired.rule.name, fired.point, fired.hit, answer["id"])
    )
