"""What a second person decides about: one command with everything it says, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict
from uuid import UUID

from activities.assessment.preparation import Prepared
from activities.contract import SwitchOrder
from activities.signed_command import START, WAIT
from activities.signing.signatures import arguments_of, order_arguments
from activities.signing.stored_messages import as_stored, from_stored
from domain.catalog.catalog import Catalog, UnknownPlan
from domain.kernel.facts import digest_of
from domain.kernel.money import Money
from services.base.tools import Tools
from services.temporal.command_signer import Command, command_id
from workflows.base.messages import (
    AmendQuantity,
    ChangeStart,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    RetryUsers,
    SkipUser,
    TakeStep,
)
from workflows.wait.eligibility_wait import WaitRequest

#: Update -> its message, where that is not `OperatorCommand`.
MESSAGES: Mapping[str, type[Command]] = {
    "amend": AmendQuantity,
    "decide_credit": CreditDecision,
    "extend_credit": CreditExtension,
    "reschedule": ChangeStart,
    "retry_users": RetryUsers,
    "skip_user": SkipUser,
    "take_step": TakeStep,
}
#: Where the opaque key stands of the person on whose behalf it is asked.
_CALLER = "caller_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One command as it would be sent."""

    organization_id: str
    #: "" for an act on a product.
    switch_id: str
    #: As its envelope says it.
    command: str
    request_id: str
    actor: str
    reason: str
    digest: str
    #: What will be carried out, as plain JSON.
    message: dict[str, object]
    #: What it would do: name -> text.
    shown: dict[str, str]
    users: int = 0
    total: Money | None = None


def start_proposal(tools: Tools, order: SwitchOrder, prepared: Prepared) -> Proposal:
    """Return the start of a switch as somebody decides about it.

    Args:
        tools: Where the names of plans stand, and the vault.
        order: What would be started.
        prepared: The answer of the rules to it.
    """
    message: dict[str, object] = {
        "order": _order_facts(tools, order),
        "source_plan_id": prepared.source.plan_id,
    }
    return Proposal(
        **_of_order(order),
        command=START,
        digest=digest_of(order_arguments(replace(order, signed=None))),
        message=message,
        shown=_shown(tools.catalog, order, prepared),
        users=prepared.movers,
        total=prepared.total_at_most,
    )


def wait_proposal(tools: Tools, request: WaitRequest, prepared: Prepared, *, total: Money) -> Proposal:
    """Return a request that would wait as somebody decides about it.

    Args:
        tools: Where the names of plans stand, and the vault.
        request: What would wait.
        prepared: The answer of the rules to it.
        total: The most that is accepted for it.
    """
    order = request.order
    waits = {"waits until": f"{request.accepted.until:%Y-%m-%d %H:%M} UTC", "costs at most": str(total)}
    facts = as_stored(WaitRequest, request)
    return Proposal(
        **_of_order(order),
        command=WAIT,
        digest=digest_of(order_arguments(replace(order, signed=None), accepted=request.accepted)),
        message={**facts, "order": _order_facts(tools, order)},
        shown=_shown(tools.catalog, order, prepared) | waits,
        users=prepared.movers,
        total=None if order.licenses_only else total,
    )


def command_proposal(
    command: Command, update: str, *, switch_id: str, organization_id: str, what: str
) -> Proposal:
    """Return a command to a switch as somebody decides about it.

    Args:
        command: Its message.
        update: Its name.
        switch_id: The switch.
        organization_id: Whose switch it is.
        what: What it would do now, in words.
    """
    shown = {"command": update.replace("_", " "), "switch": switch_id, "does": what}
    return Proposal(
        organization_id=organization_id,
        switch_id=switch_id,
        command=update,
        request_id=command_id(command),
        actor=command.actor,
        reason=command.reason,
        digest=digest_of(arguments_of(command)),
        message=as_stored(message_type(update), command),
        shown={name: text for name, text in shown.items() if text} | _own_fields(command),
    )


def message_type(update: str) -> type[Command]:
    """Return the message of a command to a switch."""
    return MESSAGES.get(update, OperatorCommand)


def proposed_order(tools: Tools, facts: Mapping[str, object]) -> SwitchOrder:
    """Return an order as it was proposed, with the person on whose behalf it is asked while they are known.

    Args:
        tools: The vault.
        facts: As the request for the approval holds them.
    """
    plain = dict(facts)
    key = str(plain.pop(_CALLER, ""))
    order = from_stored(SwitchOrder, plain)
    if not key:
        return order
    known = tools.store.vault.directory_ids(order.organization_id, [UUID(key)])
    return replace(order, caller=known.get(UUID(key), order.caller))


class _OfOrder(TypedDict):
    organization_id: str
    switch_id: str
    request_id: str
    actor: str
    reason: str


def _of_order(order: SwitchOrder) -> _OfOrder:
    return {
        "organization_id": order.organization_id,
        "switch_id": order.switch_id,
        "request_id": order.request_id,
        "actor": order.actor,
        "reason": order.reason,
    }


def _order_facts(tools: Tools, order: SwitchOrder) -> dict[str, object]:
    """Return an order as plain JSON, without its signature and without a person's directory id."""
    facts: dict[str, object] = as_stored(SwitchOrder, replace(order, signed=None))
    if order.caller:
        (key,) = tools.store.vault.keys_for(order.organization_id, [order.caller])
        facts |= {"caller": "", _CALLER: str(key)}
    return facts


def _shown(catalog: Catalog, order: SwitchOrder, prepared: Prepared) -> dict[str, str]:
    total, users = prepared.total_at_most, prepared.movers
    facts = {
        "does": f"moves {users} user{'' if users == 1 else 's'}",
        "from": _plan_name(catalog, prepared.source.plan_id),
        "to": _plan_name(catalog, order.target_plan_id),
        "licenses": "" if order.licenses_only else str(prepared.quantity),
        "costs at most": "nothing" if total is None else str(total),
        "quoted on": order.quoted_on,
        "starts": order.start_at or order.start_on or order.quiet_hours or "at once",
        "mode": order.mode,
        "takes back": order.switch_back_of or "",
    }
    return {name: text for name, text in facts.items() if text}


def _plan_name(catalog: Catalog, plan_id: str) -> str:
    try:
        return catalog.plan(plan_id).name
    except UnknownPlan:
        return plan_id


def _own_fields(command: Command) -> dict[str, str]:
    """Return the numbers and words that a command brings, beside what it does."""
    return {
        name.replace("_", " "): str(value)
        for name, value in arguments_of(command).items()
        if isinstance(value, str | int) and value not in {"", None}
    }
