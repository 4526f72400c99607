"""Every reason why a switch may have to wait or may not be, as one table (rules#reasons)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.kernel.errors import InvalidInput

#: Explains every code to an operator.
DOCS_PAGE = "docs/rules.md"
AUTOMATIC = "automatic"
MANUAL = "manual"
BEFORE_ORDER = "before_order"
BEFORE_FIRST_MOVE = "before_first_move"
BEFORE_CANCELLATION = "before_cancellation"
STAGES = (BEFORE_ORDER, BEFORE_FIRST_MOVE, BEFORE_CANCELLATION)

_SUPPORT = re.compile(r"\bsupport\b")
NEVER = "never"
AFTER_FIX = "after_fix"
AT = "at"
EVENT = "event"

_BOTH = (AUTOMATIC, MANUAL)
_AUTOMATIC = (AUTOMATIC,)
_UNTIL_MOVE = (BEFORE_ORDER, BEFORE_FIRST_MOVE)
#: Of NO_PATH: the plan is held already; or no plan at all is offered.
SAME_PLAN = "same_plan"
NOTHING_OFFERED = "nothing_offered"
NO_TARGET = "no_target"
#: Of SWITCH_IN_PROGRESS and CREDIT_CHECK_PENDING: nobody can promise an end.
END_UNKNOWN = "end_unknown"
#: Of CREDIT_CHECK_PENDING: how long it takes is known.
WITHIN = "within"
#: Of CREDIT_CHECK_PENDING: it is of a product that somebody has bought, and of no switch.
PURCHASE = "purchase"
#: Of SUBSCRIPTION_NOT_ACTIVE: it is being set up, stopped by the seller, or no more.
PENDING = "pending"
STOPPED = "stopped"
ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What stands in place of a row's words; `{name}` is filled from the evidence."""

    remedy: str
    #: "" keeps the row's.
    message: str = ""


_ONE = re.compile(r"(?<![\w.,-])1 (license|user)s\b(?: (are|hold)\b)?")
_OF_ONE = {"are": " is", "hold": " holds", None: ""}

_NO_OFFER = (
    "There is no plan to choose from: stay on {source}, move the users to another plan by a manual switch "
    "after a backup, or call support."
)

#: Code and name of the wording -> its words.
WORDINGS: dict[tuple[str, str], Wording] = {
    ("NO_PATH", SAME_PLAN): Wording(
        remedy="Choose another plan: `planswitch switch targets` lists what is offered."
    ),
    ("NO_PATH", NOTHING_OFFERED): Wording(remedy=_NO_OFFER),
    ("NO_PATH", NO_TARGET): Wording(
        message="No plan is offered for {source} under rule set {rule_set}: {why}.", remedy=_NO_OFFER
    ),
    ("SWITCH_IN_PROGRESS", END_UNKNOWN): Wording(
        message="Switch {switch_id} runs in the organization since {since}; its end is unknown: it waits for "
        "{waits_for}.",
        remedy="Wait until it is done: `planswitch switch show {switch_id}` tells what it waits for, since "
        "when, and what can be done.",
    ),
    ("CREDIT_CHECK_PENDING", END_UNKNOWN): Wording(
        message="A credit check is pending in the organization since {since}, of switch {switch_id}; its end "
        "is unknown: it waits for {waits_for}.",
        remedy="Wait for its answer: `planswitch switch show {switch_id}` tells what can be done.",
    ),
    ("CREDIT_CHECK_PENDING", WITHIN): Wording(remedy="Wait for its answer, up to {wait}."),
    ("CREDIT_CHECK_PENDING", PURCHASE): Wording(
        message="A credit check is pending in the organization since {since}, of a product that was bought.",
        remedy="Wait for its answer, up to {wait}: `planswitch product list` tells how far it is.",
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", PENDING): Wording(
        remedy="Wait until the seller has set it up, then look again; if it stays so, call support."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", STOPPED): Wording(
        remedy="Mend the cause for which the seller stopped it, such as an unpaid bill "
        "(`planswitch product pay`), then look again."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", ENDED): Wording(
        remedy="It can't be made active again: name another subscription, or buy the new plan."
    ),
}


def of_one(text: str) -> str:
    """Return words about one license or one user in the singular."""
    return _ONE.sub(lambda match: f"1 {match[1]}{_OF_ONE[match[2]]}", text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """When it makes sense to look again."""

    #: never, after_fix, at or event.
    kind: str
    #: Instant of the next look, or None.
    at: datetime | None = None
    #: Event that clears the reason, or None.
    event: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason of an answer: what stands in the way and what the customer does about it."""

    code: str
    message: str
    remedy: str
    #: Modes that it blocks; none: it is a notice.
    blocks: tuple[str, ...]
    #: Steps before which it counts.
    stages: tuple[str, ...]
    retry: Retry
    #: The facts it rests on.
    evidence: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def docs(self) -> str:
        """Return where the code is explained to an operator."""
        return docs_link(self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonTemplate:
    """One row of the table (rules#reasons)."""

    #: `{name}` is filled from the evidence.
    message: str
    remedy: str
    blocks: tuple[str, ...] = _AUTOMATIC
    stages: tuple[str, ...] = (BEFORE_ORDER,)
    retry: str = NEVER
    #: Hours until the next look; 0 gives no instant.
    retry_hours: int = 0
    event: str | None = None


#: Code -> row. The order is the order in which reasons are listed.
REASONS: dict[str, ReasonTemplate] = {
    "SWITCH_IN_PROGRESS": ReasonTemplate(
        message="Switch {switch_id} runs in the organization since {since}; promised end: {promised_end}.",
        remedy="Wait until it is done.",
        blocks=_BOTH,
        stages=STAGES,
        retry=EVENT,
        event="switch_released",
    ),
    "CREDIT_CHECK_PENDING": ReasonTemplate(
        message="A credit check is pending in the organization since {since}, of switch {switch_id}.",
        remedy="Wait for its answer.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=EVENT,
        event="credit_check_decided",
    ),
    "WRONG_ROLE": ReasonTemplate(
        message="The role {role} may not switch plans; {allowed} may.",
        remedy="Sign in with one of these roles, or ask somebody who has one.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "OTHER_SELLER": ReasonTemplate(
        message="Subscription {subscription_id} was bought from another seller than the connected one.",
        remedy="Contact the seller it was bought from.",
        blocks=_BOTH,
    ),
    "DIFFERENT_ORGANIZATION": ReasonTemplate(
        message="Subscription {subscription_id} is not one of the organization's: it belongs to another.",
        remedy="Buy the new plan for the organization whose users are to move.",
        blocks=_BOTH,
    ),
    "SUBSCRIPTION_NOT_ACTIVE": ReasonTemplate(
        message="The subscription is {status}, not active.",
        remedy="Reactivate it, then look again: `planswitch product reactivate`.",
        blocks=_BOTH,
        stages=STAGES,
        retry=AFTER_FIX,
    ),
    "NO_PATH": ReasonTemplate(
        message="There is no switch from {source} to {target} under rule set {rule_set}: {why}.",
        remedy="Choose one of the offered plans, or move the users by a manual switch.",
    ),
    "TARGET_LACKS_DATA_SERVICES": ReasonTemplate(
        message="{target} lacks data services of {source}, or has a lower version: {services}.",
        remedy="Switch manually after a backup, or call support.",
    ),
    "NO_WAY_BACK": ReasonTemplate(
        message="There is no way back from {source} to {target}: they belong to different service families.",
        remedy="Stay on the plan, or choose another plan of its family.",
    ),
    "ALREADY_TOP_PLAN": ReasonTemplate(
        message="{source} is the highest plan already.",
        remedy="There is nothing to do.",
    ),
    "TRIAL": ReasonTemplate(
        message="The subscription is a trial.",
        remedy="Buy the plan of the trial first, then switch: `planswitch product buy`.",
        retry=AFTER_FIX,
    ),
    "PREPAID_PRODUCT_KEY": ReasonTemplate(
        message="The subscription was bought with a prepaid card or product key ({contract_type}).",
        remedy="Switch manually; unused time is not credited.",
    ),
    "PREPAID_PLAN": ReasonTemplate(
        message="The subscription is paid in advance until {paid_until}; the quote shows what is credited.",
        remedy="Read the quote first; to lose nothing, wait until closer to that day, or call support.",
        blocks=(),
    ),
    "GOVERNMENT_OR_NONPROFIT": ReasonTemplate(
        message="The organization is in the {segment} segment.",
        remedy="Switch manually, or call support.",
    ),
    "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT": ReasonTemplate(
        message="The organization has {count} subscriptions of {source}.",
        remedy="Consolidate them first, or switch manually.",
        stages=STAGES,
        retry=AFTER_FIX,
    ),
    "UNPAID_BALANCE": ReasonTemplate(
        message="A balance of {balance_due} is due.",
        remedy="Pay it now, then look again: `planswitch product pay`.",
        retry=AFTER_FIX,
        event="paid",
    ),
    "INVOICE_BELOW_MINIMUM": ReasonTemplate(
        message="The order comes to {order_total}; invoices begin at {minimum}.",
        remedy="Pay by card.",
        blocks=_BOTH,
        retry=AFTER_FIX,
    ),
    "MORE_USERS_THAN_LICENSES": ReasonTemplate(
        message="{assigned} users hold one of {purchased} licenses: every user must hold a valid one.",
        remedy="Buy licenses or unassign users until both figures agree (`planswitch product reconcile`), or "
        "switch manually, or call support.",
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "TOO_FEW_LICENSES": ReasonTemplate(
        message="{quantity} licenses are ordered for {users} users.",
        remedy="Order at least {users} licenses.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "LICENSE_REMOVAL_IN_SWITCH": ReasonTemplate(
        message="{quantity} licenses are ordered, {purchased} are held: a switch does not remove licenses.",
        remedy="Remove licenses before or after the switch (in 2014: ask support).",
        retry=AFTER_FIX,
    ),
    "TARGET_USER_CAP": ReasonTemplate(
        message="{target} is for at most {cap} users; {quantity} licenses are ordered.",
        remedy="Reduce the users, or choose another plan.",
        blocks=_BOTH,
        retry=AFTER_FIX,
    ),
    "SOURCE_USER_CAP": ReasonTemplate(
        message="{source} can be switched with at most {cap} users; it has {assigned}.",
        remedy="Reduce the users, or call support.",
        retry=AFTER_FIX,
    ),
    "TOO_MANY_USERS": ReasonTemplate(
        message="An automatic switch moves at most {limit} users; {assigned} hold the plan.",
        remedy="Switch manually, in bulk.",
    ),
    "ADDON_INCOMPATIBLE": ReasonTemplate(
        message="Neither included in {target} nor attachable to it: add-on {addon}.",
        remedy="Remove the add-on, or switch manually.",
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "SERVICE_NOT_PROVISIONED": ReasonTemplate(
        message="{count} services of {source} are not fully set up: {services}.",
        remedy="Wait a few hours; if it stays so, call support.",
        stages=_UNTIL_MOVE,
        retry=AT,
        retry_hours=4,
    ),
    "SERVICE_UNHEALTHY": ReasonTemplate(
        message="Services of {source} have an open incident: {services}.",
        remedy="See service health (`planswitch product list`) and wait a few hours; if it stays so, call "
        "support.",
        stages=_UNTIL_MOVE,
        retry=EVENT,
        retry_hours=4,
        event="health_restored",
    ),
    "CUSTOM_DOMAIN_REVIEW": ReasonTemplate(
        message="Custom domains may serve the public website and were not confirmed: {domains}.",
        remedy="Change the address of the website first, then confirm these domains.",
        retry=AFTER_FIX,
    ),
    "SOURCE_NOT_CANCELLABLE": ReasonTemplate(
        message="The seller took cancellations of the subscription until {cancellable_until}.",
        remedy="Schedule the switch at the renewal (`--on renewal`), if there is one, or accept the overlap "
        "in the quote (`--acknowledge overlap`).",
        stages=STAGES,
        retry=AT,
    ),
    "HIGH_VOLUME": ReasonTemplate(
        message="The seller is switching a high volume of plans.",
        remedy="Try again in about one hour.",
        retry=AT,
        retry_hours=1,
    ),
    "NOT_ELIGIBLE": ReasonTemplate(
        message="The seller refuses this switch and gives no reason.",
        remedy="Switch manually, or call support.",
    ),
    "UNKNOWN_REASON": ReasonTemplate(
        message="The seller refuses this switch: {vendor_text} ({vendor_code}).",
        remedy="Switch manually, or call support.",
    ),
}


def names_support(remedy: str) -> bool:
    """Return whether a remedy sends the customer to support."""
    return _SUPPORT.search(remedy) is not None


def docs_link(code: str) -> str:
    """Return the page and anchor that explain a code."""
    return f"{DOCS_PAGE}#{code.lower()}"


def reason(
    code: str,
    evidence: Mapping[str, str | int],
    *,
    now: datetime,
    retry_at: datetime | None = None,
    message: str = "",
    wording: str = "",
) -> Reason:
    """Fill the row of `code` with its evidence.

    Args:
        code: A code (rules#reasons).
        evidence: Values for the message.
        now: Instant of the assessment; retries count from it.
        retry_at: Instant of the next look where the row has none of its own.
        message: Somebody else's words, which stand as they are; "" takes the row's.
        wording: Name of other words for the code (domain/reasons/reasons.py); "" takes the row's.

    Raises:
        InvalidInput: There is no such code.
    """
    row = REASONS.get(code)
    if row is None:
        raise InvalidInput(field="code", value=code, allowed="a code of docs/rules.md#reasons")
    if retry_at is None and row.retry_hours:
        retry_at = now + timedelta(hours=row.retry_hours)
    worded = WORDINGS[code, wording] if wording else Wording(remedy=row.remedy)
    return Reason(
        code=code,
        message=message or of_one((worded.message or row.message).format(**evidence)),
        remedy=of_one(worded.remedy.format(**evidence)),
        blocks=row.blocks,
        stages=row.stages,
        retry=Retry(kind=row.retry, at=retry_at, event=row.event),
        evidence=dict(evidence),
    )


def with_evidence(reason: Reason, more: Mapping[str, str | int]) -> Reason:
    """Return a reason with further facts that it rests on."""
    return replace(reason, evidence={**reason.evidence, **more})
