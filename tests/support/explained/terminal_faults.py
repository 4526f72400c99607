"""One fault that stops a switch for good: what is planted, and its cause as the planter writes it down.

The causes are the words of docs/audit.md#why-did-it-fail. Nothing in here knows how the audit finds them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.support.chaos.fault_cases import LASTING, case_of

#: Users of a run at most: a run is about its fault and not about its size.
USERS_MAX = 30
#: An order for fewer users may be too small to be paid by invoice, and its request is refused.
INVOICED_USERS_MIN = 25
#: Points of a switch at which something is planted or commanded.
ORDER, PROVISIONING = "purchase.order_replacement:begin", "purchase.confirm_provisioning:begin"
BEFORE_MOVE, VERIFYING = "purchase.confirm_provisioning:end", "verification.verify_move:begin"
#: Faults of `fault_cases` that pass by themselves and leave nobody behind.
PASSING = frozenset(
    {
        *("lost_answer", "timeout_before", "timeout_after", "late", "throttled", "failed", "refused"),
        *("item_throttled", "item_failed", "latency", "shuffled", "token_expired"),
        *("page_expired", "page_repeated", "entry_repeated"),
    }
)
#: Calls, and the steps that make them.
STEPS = {
    "create_cart": ("purchase.order_replacement",),
    "checkout": ("purchase.order_replacement",),
    "order": ("credit_check.check_credit", "purchase.confirm_provisioning"),
    "cancel_subscription": ("cancellation.cancel_source",),
    "stop_billing": ("billing_cutover.cut_over_billing",),
    "start_billing": ("billing_cutover.cut_over_billing",),
    "invoice": ("billing_cutover.cut_over_billing",),
    "send_notice": ("notices.complete_switch",),
}
_SELLER = ("create_cart", "checkout", "order", "cancel_subscription")
_BILLING = ("stop_billing", "start_billing", "invoice")
Rule = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminalFault:
    """What stops one switch."""

    name: str
    #: What the planter did, by the word of the audit's guide.
    cause: str
    #: How it is known that the switch stands: ended, held, stuck, paused or noted.
    stands: str
    #: Rules of the sandbox's fault program.
    rules: tuple[Rule, ...] = ()
    #: Edits by hand at the cloud.
    edits: tuple[dict[str, Any], ...] = ()
    #: What the organization is made with, and what the order asks for.
    options: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    #: Point at which it is planted.
    point: str = ORDER
    #: cancel, roll_back, pause or decline; "" for none.
    command: str = ""
    #: Steps of which one must be noted as waiting, where it stands so.
    steps: tuple[str, ...] = ()
    #: Code with which it must be noted, since what passes may be noted before it.
    code: str = ""
    #: Users that the organization has at least.
    users_min: int = 0


def fault_of(seed: int) -> TerminalFault:
    """Return the fault of a seed; each kind comes as often as every other."""
    draw = random.Random(f"planswitch-explained:{seed}")
    return _FAULTS[seed % len(_FAULTS)](draw)


def noise_of(seed: int) -> list[Rule]:
    """Return what else goes wrong in the run of a seed, and passes by itself.

    A call that the planted fault answers is left to it: where an answer is lost before the seller's no, the
    order may be there, and the switch can't even go back (ADR 40).
    """
    rules: list[Rule] = case_of(seed).program["rules"]
    planted = operations_of(fault_of(seed))
    return [
        rule
        for rule in rules
        if rule["fault"] in PASSING
        and rule.get("count") != LASTING
        and rule.get("operation") not in planted
        and _is_short(rule)
    ]


def operations_of(fault: TerminalFault) -> frozenset[str]:
    """Return the calls that a fault answers, whenever they come."""
    return frozenset(rule["operation"] for rule in fault.rules if "hits" not in rule)


def users_of(seed: int) -> int:
    """Return how many users the organization of a seed has."""
    return max(min(case_of(seed).users, USERS_MAX), fault_of(seed).users_min)


def _is_short(rule: Rule) -> bool:
    """Return whether a rule meets few calls: one with a rate would be a second fault that lasts."""
    return "hits" in rule or rule["fault"] in {"item_throttled", "item_failed", "latency", "shuffled"}


def _declined(_draw: random.Random) -> TerminalFault:
    return TerminalFault(
        name="declined",
        cause="credit_declined",
        stands="ended",
        terms={"payment_method": "invoice"},
        command="decline",
        users_min=INVOICED_USERS_MIN,
    )


def _silent(_draw: random.Random) -> TerminalFault:
    terms = {"payment_method": "invoice", "rule_set": "demo"}
    return TerminalFault(name="silent bureau", cause="credit_unanswered", stands="ended", terms=terms)


def _cancelled(draw: random.Random) -> TerminalFault:
    point = draw.choice((ORDER, PROVISIONING, BEFORE_MOVE))
    return TerminalFault(
        name="cancelled", cause="operator_turned_back", stands="ended", command="cancel", point=point
    )


def _rolled_back(_draw: random.Random) -> TerminalFault:
    return TerminalFault(
        name="rolled back",
        cause="operator_turned_back",
        stands="ended",
        command="roll_back",
        point=VERIFYING,
    )


def _paused(draw: random.Random) -> TerminalFault:
    point = draw.choice((PROVISIONING, VERIFYING))
    return TerminalFault(
        name="paused", cause="operator_paused", stands="paused", command="pause", point=point
    )


def _short_of_licenses(draw: random.Random) -> TerminalFault:
    rule = {
        "operation": "change_licenses",
        "fault": "seats_short",
        "hits": [1],
        "seats": draw.randint(2, 4),
    }
    return TerminalFault(name="short of licenses", cause="out_of_licenses", stands="held", rules=(rule,))


def _without_location(draw: random.Random) -> TerminalFault:
    return TerminalFault(
        name="without location",
        cause="users_not_assignable",
        stands="held",
        options={"missing_usage_location": draw.randint(1, 3)},
    )


def _lasting(operation: str, cause: str, name: str, *, wait_code: str, **answer: Any) -> TerminalFault:
    """Return a fault that answers every call of an operation.

    Args:
        operation: Its calls.
        cause: What the planter did.
        name: What it is called.
        wait_code: Code with which the step notes that it waits.
        answer: Facts of the rule.
    """
    rule = {"operation": operation, "rate": 1, "count": LASTING, **answer}
    return TerminalFault(
        name=f"{name} at {operation}",
        cause=cause,
        stands="noted",
        rules=(rule,),
        steps=STEPS[operation],
        code=wait_code,
    )


def _outage(draw: random.Random) -> TerminalFault:
    operation = draw.choice((*_SELLER, *_BILLING, "send_notice"))
    status = draw.choice((500, 502, 503, 504))
    answer = {"fault": "failed", "status": status}
    return _lasting(operation, "provider_outage", "outage", wait_code="PROVIDER_UNAVAILABLE", **answer)


def _broken_line(draw: random.Random) -> TerminalFault:
    # A cancellation whose answer is lost is there, and the switch goes on.
    operation = draw.choice(("create_cart", "order", "invoice"))
    answer = {"fault": "lost_answer"}
    return _lasting(operation, "provider_outage", "broken line", wait_code="PROVIDER_UNAVAILABLE", **answer)


def _throttled(draw: random.Random) -> TerminalFault:
    operation = draw.choice((*_SELLER, *_BILLING))
    answer = {"fault": "throttled", "retry_after_seconds": draw.choice((1, 2, 7))}
    return _lasting(operation, "provider_throttled", "throttled", wait_code="PROVIDER_THROTTLED", **answer)


def _forbidden(draw: random.Random) -> TerminalFault:
    operation = draw.choice((*_SELLER, *_BILLING))
    answer = {"fault": "refused", "status": 403, "code": "Forbidden", "text": "Not allowed."}
    return _lasting(operation, "permission_missing", "forbidden", wait_code="PERMISSION_MISSING", **answer)


def _signed_out(draw: random.Random) -> TerminalFault:
    operation = draw.choice((*_SELLER, *_BILLING))
    answer = {"fault": "refused", "status": 401, "code": "InvalidAuthenticationToken", "text": "Expired."}
    return _lasting(operation, "access_expired", "signed out", wait_code="ACCESS_LOST", **answer)


def _locked(draw: random.Random) -> TerminalFault:
    operation = draw.choice((*_SELLER, *_BILLING))
    answer = {"fault": "refused", "status": draw.choice((409, 412, 423)), "code": "Locked", "text": "Busy."}
    return _lasting(operation, "provider_busy", "locked", wait_code="PROVIDER_BUSY", **answer)


def _order_refused(draw: random.Random) -> TerminalFault:
    fault, operation = draw.choice((("cart_error", "create_cart"), ("order_errors", "checkout")))
    rule = {"fault": fault, "operation": operation, "rate": 1, "count": LASTING}
    return TerminalFault(name="order refused", cause="order_refused", stands="ended", rules=(rule,))


def _cancellation_refused(_draw: random.Random) -> TerminalFault:
    rule = {
        "operation": "cancel_subscription",
        "fault": "refused",
        "rate": 1,
        "count": LASTING,
        "status": 400,
        "code": "800044",
        "text": "This subscription can't be ended.",
    }
    return TerminalFault(
        name="cancellation refused", cause="cancellation_refused", stands="held", rules=(rule,)
    )


def _void_refused(_draw: random.Random) -> TerminalFault:
    rule = {
        "operation": "void_order",
        "fault": "refused",
        "rate": 1,
        "count": LASTING,
        "status": 400,
        "code": "800061",
        "text": "The order cannot be cancelled.",
    }
    return TerminalFault(
        name="void refused",
        cause="way_back_refused",
        stands="stuck",
        rules=(rule,),
        command="cancel",
        point=BEFORE_MOVE,
    )


def _incident(_draw: random.Random) -> TerminalFault:
    edit = {"kind": "health", "service": "Exchange Online", "status": "serviceInterruption"}
    return TerminalFault(
        name="incident",
        cause="service_incident",
        stands="noted",
        edits=(edit,),
        point=BEFORE_MOVE,
        steps=("license_reassignment.start_license_move",),
        code="NOT_READY_YET",
    )


def _slow_seller(_draw: random.Random) -> TerminalFault:
    rule = {"fault": "slow_provisioning", "hits": [1], "seconds": 900, "setup_seconds": 900}
    return TerminalFault(
        name="slow seller",
        cause="services_not_set_up",
        stands="noted",
        rules=(rule,),
        steps=("purchase.confirm_provisioning",),
        code="NOT_READY_YET",
    )


def _second_seller(_draw: random.Random) -> TerminalFault:
    rule = {"operation": "order", "fault": "second_seller", "hits": [1], "quantity": 10}
    return TerminalFault(name="second seller", cause="rule_blocks", stands="ended", rules=(rule,))


def _endless_pages(_draw: random.Random) -> TerminalFault:
    rule = {"operation": "users_page", "fault": "page_repeated", "rate": 1, "count": LASTING, "page_size": 2}
    return TerminalFault(
        name="endless pages",
        cause="list_unreliable",
        stands="noted",
        rules=(rule,),
        steps=("license_reassignment.start_license_move",),
        code="PAGING_UNRELIABLE",
    )


def _license_off(_draw: random.Random) -> TerminalFault:
    rule = {"operation": "change_licenses", "fault": "license_disabled", "hits": [1], "seconds": 0}
    return TerminalFault(name="license off", cause="license_not_working", stands="held", rules=(rule,))


#: Every kind of fault.
_FAULTS = (
    _declined,
    _outage,
    _short_of_licenses,
    _cancelled,
    _forbidden,
    _order_refused,
    _silent,
    _throttled,
    _without_location,
    _rolled_back,
    _signed_out,
    _cancellation_refused,
    _incident,
    _broken_line,
    _void_refused,
    _paused,
    _locked,
    _slow_seller,
    _second_seller,
    _license_off,
    _endless_pages,
)
KINDS = len(_FAULTS)
