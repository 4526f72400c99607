"""What one chaos run does, drawn from its seed alone: who switches, what goes wrong, what is commanded."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.worlds.world import TARGET_PLAN

USERS = (5, 60)
SEED_BASE = 1_000_000
#: Points that a switch comes by, about; a command is sent when it reaches one of them.
POINTS_MAX = 120
#: A fault that lasts ends when the operator ends it.
LASTING = 10_000
#: Longest time that a request may have its effect after its client gave it up.
LATE_SECONDS_MAX = 0.8
READS = (
    "subscriptions",
    "subscription",
    "profile",
    "period",
    "subscribed_plans",
    "users_page",
    "service_health",
    "provisioning",
    "order",
    "directory_subscriptions",
    "seller_upgrades",
    "seller_transitions",
    "users",
)
EFFECTS = (
    "create_cart",
    "checkout",
    "change_licenses",
    "cancel_subscription",
    "stop_billing",
    "credit",
    "start_billing",
    "invoice",
    "send_notice",
    "void_order",
    "change_settings",
)
#: Calls before which a world may change: after the request was accepted.
MID_WAY = ("create_cart", "checkout", "order", "users_page", "change_licenses", "cancel_subscription")
HTTP_BAD_REQUEST = 400
#: Status and code of answers that are no answered no.
ANEW = (
    (HTTP_BAD_REQUEST, "Directory_ConcurrencyViolation"),
    (401, "InvalidAuthenticationToken"),
    (403, "Forbidden"),
    (409, "Conflict"),
    (412, "PreconditionFailed"),
    (423, "Locked"),
)
#: Services without data that the vendor may take out of an organization's new plan.
TAKEN_OUT = ("SWAY", "FORMS_PLAN_E3", "STREAM_O365_E3", "PROJECTWORKMANAGEMENT")
#: A service that no list of ours has.
ADDED = {"service_plan_id": "7f0d1c4e-9a5b-4f3c-8e21-5a6b7c8d9e0f", "name": "BRAND_NEW_SERVICE"}
PRODUCTS = ("azure_plan", "legacy_azure", "software", "reservation", "saas", "unknown")
Rule = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What the operator sends when the switch reaches its nth point."""

    #: cancel, roll_back, retry or pause.
    word: str
    point: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultCase:
    """One run."""

    seed: int
    users: int
    options: dict[str, Any] = field(default_factory=dict)
    #: card or invoice.
    payment_method: str = "card"
    #: approve, decline or silent.
    verdict: str = "approve"
    #: The slices of the license move are small: many of them, in lanes.
    has_small_slices: bool = False
    commands: tuple[Command, ...] = ()
    program: dict[str, Any] = field(default_factory=dict)
    #: What the operator does about users who hold the switch: mend, skip or lead_back.
    help: str = "mend"

    #: What the vendor and other sellers did to the organization before the request.
    edits: tuple[dict[str, Any], ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Return the kinds of fault of the program."""
        return tuple(rule["fault"] for rule in self.program["rules"])


def case_of(seed: int) -> FaultCase:
    """Return the run of a seed; the same seed is the same run."""
    draw = random.Random(f"planswitch-chaos:{seed}")
    is_by_invoice = draw.random() < 0.35
    return FaultCase(
        seed=seed,
        users=draw.randint(*USERS),
        options=_problems(draw),
        payment_method="invoice" if is_by_invoice else "card",
        verdict=draw.choice(("approve", "approve", "decline", "silent")),
        has_small_slices=seed % 2 == 1,
        commands=_commands(draw),
        program={"seed": seed, "rules": _rules(draw, is_by_invoice=is_by_invoice)},
        help=draw.choices(("mend", "skip", "lead_back"), weights=(60, 20, 20))[0],
        edits=_edits(random.Random(f"planswitch-chaos-plans:{seed}")),
    )


def _problems(draw: random.Random) -> dict[str, int]:
    options: dict[str, Any] = {}
    if draw.random() < 0.12:
        options["missing_usage_location"] = draw.randint(1, 3)
    if draw.random() < 0.08:
        options["group_licensed"] = draw.randint(1, 2)
    return options


def _edits(draw: random.Random) -> tuple[dict[str, Any], ...]:
    """Return other services of the new plan and other products, drawn apart: the rest of a seed stays."""
    edits: list[dict[str, Any]] = []
    if draw.random() < 0.15:
        gone = draw.sample(TAKEN_OUT, draw.randint(0, 2))
        added = [ADDED] if not gone or draw.random() < 0.5 else []
        edits.append({"kind": "sku", "plan_id": TARGET_PLAN, "without": gone, "add": added})
    if draw.random() < 0.1:
        edits += [{"kind": "product", "product": each} for each in draw.sample(PRODUCTS, draw.randint(1, 3))]
    return tuple(edits)


def _commands(draw: random.Random) -> tuple[Command, ...]:
    words = draw.choices(_COMMANDS, weights=(50, 12, 12, 4, 14, 4, 4))[0]
    return tuple(Command(word=word, point=draw.randint(1, POINTS_MAX)) for word in words)


def _rules(draw: random.Random, *, is_by_invoice: bool) -> list[Rule]:
    makers = draw.choices(_MAKERS, weights=_WEIGHTS, k=draw.randint(2, 6))
    rules = [maker(draw) for maker in makers]
    if is_by_invoice:
        rules += draw.sample(_CALLBACKS, draw.randint(0, 2))
    return [{"name": f"{number} {rule['fault']}", **rule} for number, rule in enumerate(rules, start=1)]


def _hits(draw: random.Random) -> list[int]:
    return list(draw.choice(((1,), (1,), (2,), (1, 2), (1, 3), (3,))))


def _call(draw: random.Random) -> str:
    return draw.choice(EFFECTS if draw.random() < 0.6 else READS)


def _unanswered(draw: random.Random) -> Rule:
    fault = draw.choice(("lost_answer", "timeout_before", "timeout_after", "late"))
    rule: Rule = {"operation": _call(draw), "fault": fault, "hits": _hits(draw)}
    if fault == "late":
        rule["seconds"] = round(draw.uniform(0.1, LATE_SECONDS_MAX), 2)
    elif fault != "lost_answer":
        rule["seconds"] = round(draw.uniform(0.05, 0.5), 2)
    return rule


def _refused(draw: random.Random) -> Rule:
    rule: Rule = {"operation": _call(draw), "hits": _hits(draw), "is_carried_out": draw.random() < 0.3}
    if draw.random() < 0.5:
        return rule | {"fault": "throttled", "retry_after_seconds": draw.choice((0, 0.3, 1))}
    return rule | {"fault": "failed", "status": draw.choice((500, 502, 503, 504))}


def _lasting(draw: random.Random) -> Rule:
    """A call that fails until the operator ends it."""
    return {"operation": _call(draw), "fault": "failed", "status": 503, "rate": 1, "count": LASTING}


def _item(draw: random.Random) -> Rule:
    rule: Rule = {"rate": draw.choice((0.05, 0.15, 0.4)), "count": draw.randint(1, 2)}
    fault = draw.choice(("item_throttled", "item_failed", "item_refused", "item_missing"))
    if fault == "item_throttled":
        rule["retry_after_seconds"] = draw.choice((0, 0.2, 0.5))
    if fault != "item_refused":
        rule["is_carried_out"] = draw.random() < 0.5
    return rule | {"fault": fault}


def _slow(draw: random.Random) -> Rule:
    return draw.choice(
        (
            {"operation": _call(draw), "fault": "latency", "rate": 0.3, "seconds": 0.2},
            {"fault": "slow_provisioning", "hits": [1], "seconds": 1.5, "setup_seconds": 1.0},
            {"operation": "change_licenses", "fault": "shuffled", "rate": 0.5},
        )
    )


def _short(draw: random.Random) -> Rule:
    hits = [draw.randint(1, 3)]
    told = {"seats": draw.randint(1, 60), "seconds": draw.choice((1.0, 2.0, 3.0))}
    return {"operation": "change_licenses", "fault": "seats_short", "hits": hits, **told}


def _incident(draw: random.Random) -> Rule:
    told = {"service": draw.choice(("Exchange Online", "Microsoft Teams", "SharePoint Online"))}
    return {
        "operation": draw.choice(MID_WAY),
        "fault": "incident",
        "hits": [draw.randint(1, 2)],
        "seconds": draw.choice((1.0, 2.0, 3.0)),
        **told,
    }


def _hand(draw: random.Random) -> Rule:
    fault = draw.choice(("user_deleted", "user_joined", "license_removed", "license_removed"))
    return {"operation": draw.choice(MID_WAY), "fault": fault, "hits": _hits(draw)}


def _order_error(draw: random.Random) -> Rule:
    """A cart or a checkout that is answered with an error in a success."""
    if draw.random() < 0.3:
        return {"fault": "cart_error", "hits": [1]}
    return {"fault": "order_errors", "hits": [1], "is_partial": draw.random() < 0.5}


def _anew(draw: random.Random) -> Rule:
    """An answer that means "ask anew": of a call, of items, or of the token."""
    kind = draw.choice(("refused", "refused", "item_refused", "token_expired"))
    status, code = draw.choice(ANEW)
    if kind == "token_expired":
        return {"operation": draw.choice(MID_WAY), "fault": kind, "hits": [draw.randint(1, 2)]}
    told = {"fault": kind, "status": status, "code": code, "text": "Ask again."}
    if kind == "item_refused":
        return {"operation": draw.choice(("change_licenses", "users")), "rate": 0.1, "count": 1, **told}
    directory = ("change_licenses", "users", "users_page", "subscribed_plans")
    # A code of the directory says nothing at others.
    operation = draw.choice(directory) if status == HTTP_BAD_REQUEST else _call(draw)
    return {"operation": operation, "hits": _hits(draw), **told}


def _pages(draw: random.Random) -> Rule:
    """A list whose pages are short, and lead astray now and then."""
    fault = draw.choice(("page_expired", "page_repeated", "entry_repeated"))
    return {
        "operation": draw.choice(("users_page", "users_page", "service_health", "subscribed_plans")),
        "fault": fault,
        # The first page has no link that could expire.
        "hits": draw.choice(([2], [2, 4], [3])) if fault == "page_expired" else _hits(draw),
        "page_size": draw.choice((2, 5, 20)),
    }


def _not_working(draw: random.Random) -> Rule:
    """A license that stays Disabled, for a while or until the operator ends it."""
    hits, seconds = [draw.randint(1, 3)], draw.choice((0, 1.0, 3.0))
    return {"operation": "change_licenses", "fault": "license_disabled", "hits": hits, "seconds": seconds}


def _pending(draw: random.Random) -> Rule:
    """A service that is not activated: one without data for good, a data service for a while."""
    is_data = draw.random() < 0.5
    told = {"service": "EXCHANGE_S_ENTERPRISE" if is_data else "VIVA_LEARNING_SEEDED"}
    return {
        "operation": "provisioning",
        "fault": "service_pending",
        "hits": [1],
        "seconds": draw.choice((1.0, 3.0)) if is_data else 0,
        **told,
    }


def _old_plan(draw: random.Random) -> Rule:
    """What another seller, or somebody at the seller, does to the old subscription."""
    fault = draw.choice(("second_seller", "scheduled_change", "renewal_off"))
    # What changes at the very call of the cancellation nobody can have read before.
    operations = ("subscriptions", *(each for each in MID_WAY if each != "cancel_subscription"))
    rule: Rule = {"operation": draw.choice(operations), "fault": fault, "hits": [1]}
    if fault == "second_seller":
        return rule | {"quantity": draw.randint(1, 60), "seconds": draw.choice((0, 0, 1.0, 3.0))}
    if fault == "scheduled_change":
        return rule | {"quantity": draw.randint(1, 60), "is_other_plan": draw.random() < 0.3}
    return rule


_MAKERS: tuple[Callable[[random.Random], Rule], ...] = (
    _unanswered,
    _refused,
    _item,
    _slow,
    _short,
    _incident,
    _hand,
    _lasting,
    _order_error,
    _anew,
    _pages,
    _not_working,
    _pending,
    _old_plan,
)
_COMMANDS: tuple[tuple[str, ...], ...] = (
    (),
    ("cancel",),
    ("roll_back",),
    ("retry",),
    ("pause",),
    ("cancel", "roll_back"),
    ("pause", "cancel"),
)
_WEIGHTS = (30, 25, 20, 8, 5, 4, 10, 4, 2, 16, 8, 4, 4, 8)
_CALLBACKS: tuple[Rule, ...] = (
    {"fault": "callback_late", "hits": [1], "seconds": 3.0},
    {"fault": "callback_duplicated", "hits": [1], "times": 3},
)
