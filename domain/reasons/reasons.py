"""Every reason why a switch may have to wait or may not be, as one table (rules#reasons)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.kernel.errors import InvalidInput
from domain.kernel.facts import OMITTED_AT_DEFAULT, as_plain
from domain.kernel.messages import Figure, Words, with_figures
from domain.reasons.phrases import spoken_figures
from domain.reasons.wordings import (
    BY_HAND,
    HELD,
    IT_STARTS,
    MANUALLY,
    RUNNING,
    SELLER_WORDS,
    TARGETS,
    UNLICENSE,
    WORDINGS,
    Wording,
)

#: Between the seller's own words and the name of a remedy that is not the row's.
_WITH = ":"
#: Explains every code to an operator.
DOCS_PAGE = "docs/rules.md"
AUTOMATIC = "automatic"
MANUAL = "manual"
#: Way of a switch between two plans that are owned; it has a column of its own (rules#licenses-only).
LICENSES_ONLY = "licenses_only"
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
_ARTICLES = {AUTOMATIC: "an", MANUAL: "a"}
#: What a reason does to a switch.
STOPS, NOTICE = "stops", "notice"
_ONE = re.compile(r"(?<![\w.,-])1 (license|user)s\b(?: (are|hold)\b)?")
_OF_ONE = {"are": " is", "hold": " holds", None: ""}

#: Stage of a running switch -> names of the words that it tells a reason in: the first that the reason has.
_WORDINGS_OF_STAGE = {
    (BEFORE_FIRST_MOVE, AUTOMATIC): (RUNNING,),
    (BEFORE_FIRST_MOVE, MANUAL): (RUNNING, BY_HAND),
    (BEFORE_FIRST_MOVE, LICENSES_ONLY): (RUNNING,),
    (BEFORE_CANCELLATION, AUTOMATIC): (HELD,),
    (BEFORE_CANCELLATION, MANUAL): (HELD,),
}


#: Message of SELLER_WORDS, whatever the code.
SELLER_SAYS = "The seller says: {vendor_text}"


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
    """One reason of an answer: what stands in the way, by its code and the figures that it rests on.

    What it says, and what the customer does about it, is made of them when somebody reads it.
    """

    code: str
    #: Modes that it blocks, or licenses_only; none: it is a notice.
    blocks: tuple[str, ...]
    #: Steps before which it counts.
    stages: tuple[str, ...]
    retry: Retry
    #: The facts it rests on; the figures of its words are among them.
    evidence: Mapping[str, Figure] = field(default_factory=dict)
    #: Name of other words for the code; "" takes the row's.
    wording: str = field(default="", metadata=OMITTED_AT_DEFAULT)

    @property
    def message(self) -> str:
        """Return what stands in the way, in words."""
        return reason_words(self.code, self.wording, self.evidence).message

    @property
    def remedy(self) -> str:
        """Return what the customer does about it, in words."""
        return reason_words(self.code, self.wording, self.evidence).remedy

    @property
    def docs(self) -> str:
        """Return where the code is explained to an operator."""
        return docs_link(self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonTemplate:
    """One row of the table (rules#reasons)."""

    #: `{name}` is filled from the evidence; the remedy of a row that the seller may say has none. In a remedy
    #: ORGANIZATION is whose it is, and SUBSCRIPTION what is left.
    message: str
    remedy: str
    blocks: tuple[str, ...] = _AUTOMATIC
    stages: tuple[str, ...] = (BEFORE_ORDER,)
    retry: str = NEVER
    #: Hours until the next look; 0 gives no instant.
    retry_hours: int = 0
    event: str | None = None
    #: It blocks a switch of licenses only as well; without it nobody asks for it there.
    blocks_licenses_only: bool = False


#: Code -> row. The order is the order in which reasons are listed.
REASONS: dict[str, ReasonTemplate] = {
    "SWITCH_IN_PROGRESS": ReasonTemplate(
        message="Switch {switch_id} runs in the organization since {since}; promised end: {promised_end}.",
        remedy=f"Wait until it is done; {IT_STARTS}.",
        blocks=_BOTH,
        stages=STAGES,
        retry=EVENT,
        event="switch_released",
        blocks_licenses_only=True,
    ),
    "CREDIT_CHECK_PENDING": ReasonTemplate(
        message="A credit check is pending in the organization since {since}, of switch {switch_id}.",
        remedy=f"Wait for its answer; {IT_STARTS}.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=EVENT,
        event="credit_check_decided",
    ),
    "WRONG_ROLE": ReasonTemplate(
        message="The role {role} may not switch plans; {allowed} may.",
        remedy="Let somebody request it who has one of these roles, or have a global admin give one to the "
        "caller: in the directory's own pages, under roles. Then look again.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
        blocks_licenses_only=True,
    ),
    "OTHER_SELLER": ReasonTemplate(
        message="Subscription {subscription_id} was bought from another seller than the connected one.",
        remedy="Contact the seller it was bought from: nobody else can change or end it. If that is the "
        "connected one, call support.",
        blocks=_BOTH,
    ),
    "DIFFERENT_ORGANIZATION": ReasonTemplate(
        message="Subscription {subscription_id} is not one of the organization's: it belongs to another.",
        remedy="Buy the new plan for the organization whose users are to move, or name a subscription that "
        "it owns: `planswitch product list ORGANIZATION`. If it owns this one, call support.",
        blocks=_BOTH,
        blocks_licenses_only=True,
    ),
    "SUBSCRIPTION_NOT_ACTIVE": ReasonTemplate(
        message="The subscription is {status}, not active.",
        remedy="Reactivate it, then look again: `planswitch product reactivate ORGANIZATION SUBSCRIPTION "
        "--reason …`.",
        blocks=_BOTH,
        stages=STAGES,
        retry=AFTER_FIX,
        blocks_licenses_only=True,
    ),
    "NO_PATH": ReasonTemplate(
        message="There is no switch from {source} to {target} under rule set {rule_set}: {why}.",
        remedy=f"Choose one of the offered plans ({TARGETS}), or move the users by a manual switch: "
        "`--mode manual`.",
    ),
    "TARGET_LACKS_DATA_SERVICES": ReasonTemplate(
        message="{target} lacks data services of {source}, or has a lower version: {services}.",
        remedy="Switch manually after a backup (`--mode manual` with `--acknowledge backup_done`), or call "
        "support.",
        blocks_licenses_only=True,
    ),
    "NO_WAY_BACK": ReasonTemplate(
        message="There is no way back from {source} to {target}: they belong to different service families.",
        remedy=f"Stay on the plan, or choose another plan of its family: {TARGETS}. If neither will do, "
        "call support.",
    ),
    "ALREADY_TOP_PLAN": ReasonTemplate(
        message="{source} is the highest plan already.",
        remedy="There is nothing to do. If a higher plan is sold to you, call support.",
    ),
    "TRIAL": ReasonTemplate(
        message="The subscription is a trial.",
        remedy="Buy the plan of the trial first, then switch: `planswitch product buy ORGANIZATION --trial "
        "SUBSCRIPTION --reason …`.",
        retry=AFTER_FIX,
    ),
    "PREPAID_PRODUCT_KEY": ReasonTemplate(
        message="The subscription was bought with a prepaid card or product key ({contract_type}).",
        remedy=f"{MANUALLY}; unused time is not credited, which you accept with `--accept-forfeiture`.",
    ),
    "PREPAID_PLAN": ReasonTemplate(
        message="The subscription is paid in advance until {paid_until}; the quote shows what is credited.",
        remedy="Read the quote first: it tells what is lost, if anything. Accept that with "
        "`--accept-forfeiture`, or start on the first day without a loss (`--on without-forfeiture`), or "
        "call support.",
        blocks=(),
    ),
    "GOVERNMENT_OR_NONPROFIT": ReasonTemplate(
        message="The organization is in the {segment} segment.",
        remedy=f"{MANUALLY}, or call support.",
    ),
    "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT": ReasonTemplate(
        message="The organization has {count} subscriptions of {source}.",
        remedy="Consolidate them first: give one of them enough licenses (`planswitch product resize "
        "ORGANIZATION SUBSCRIPTION N --reason …`), then cancel the others (`planswitch product cancel "
        "ORGANIZATION OTHER --reason …`; what another seller sold, at that seller). Or switch "
        "manually: `--mode manual`.",
        stages=STAGES,
        retry=AFTER_FIX,
    ),
    "UNPAID_BALANCE": ReasonTemplate(
        message="A balance of {balance_due} is due.",
        remedy="Pay it now, then look again: `planswitch product pay ORGANIZATION --reason …`.",
        retry=AFTER_FIX,
        event="paid",
    ),
    "INVOICE_BELOW_MINIMUM": ReasonTemplate(
        message="The order comes to {order_total}; invoices begin at {minimum}.",
        remedy="Pay by card (`--payment-method card`), or order more licenses.",
        blocks=_BOTH,
        retry=AFTER_FIX,
    ),
    "MORE_USERS_THAN_LICENSES": ReasonTemplate(
        message="{assigned} users hold one of {purchased} licenses: every user must hold a valid one.",
        remedy="Buy licenses or unassign users until both figures agree: `planswitch product reconcile "
        "ORGANIZATION SUBSCRIPTION --buy --reason …` or `planswitch product reconcile ORGANIZATION "
        "SUBSCRIPTION --unassign USER --reason …`; or switch manually (`--mode manual`), or call support.",
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "TOO_FEW_LICENSES": ReasonTemplate(
        message="{quantity} licenses are ordered for {users} users.",
        remedy="Order at least {users} licenses: `--quantity {users}`.",
        blocks=_BOTH,
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
        blocks_licenses_only=True,
    ),
    "LICENSE_REMOVAL_IN_SWITCH": ReasonTemplate(
        message="{quantity} licenses are ordered, {purchased} are held: a switch does not remove licenses.",
        remedy="Remove licenses before the switch (`planswitch product resize ORGANIZATION SUBSCRIPTION N "
        "--reason …`) or after it; in 2014, ask support.",
        retry=AFTER_FIX,
    ),
    "TARGET_USER_CAP": ReasonTemplate(
        message="{target} is for at most {cap} users; {quantity} licenses are ordered.",
        remedy="Order at most {cap} licenses (`--quantity {cap}`); if more users hold the old plan, take it "
        f"from some of them first ({UNLICENSE}). Or choose another plan: {TARGETS}.",
        blocks=_BOTH,
        retry=AFTER_FIX,
    ),
    "SOURCE_USER_CAP": ReasonTemplate(
        message="{source} can be switched with at most {cap} users; it has {assigned}.",
        remedy=f"Reduce the users ({UNLICENSE}), or call support.",
        retry=AFTER_FIX,
    ),
    "TOO_MANY_USERS": ReasonTemplate(
        message="An automatic switch moves at most {limit} users; {assigned} hold the plan.",
        remedy="Switch manually, in bulk: `--mode manual`.",
    ),
    "ADDON_INCOMPATIBLE": ReasonTemplate(
        message="Neither included in {target} nor attachable to it: add-on {addon}.",
        remedy="Remove the add-on (`planswitch product cancel ORGANIZATION ADDON --reason …`; "
        "`planswitch product list ORGANIZATION` names it), "
        "or switch manually: `--mode manual`.",
        stages=_UNTIL_MOVE,
        retry=AFTER_FIX,
    ),
    "SERVICE_NOT_PROVISIONED": ReasonTemplate(
        message="{count} services of {source} are not fully set up: {services}.",
        remedy=f"Wait a few hours; {IT_STARTS}. If it stays so, call support.",
        stages=_UNTIL_MOVE,
        retry=AT,
        retry_hours=4,
    ),
    "SERVICE_UNHEALTHY": ReasonTemplate(
        message="Services of {source} have an open incident: {services}.",
        remedy="See service health (`planswitch product list ORGANIZATION`) and wait a few hours; "
        f"{IT_STARTS}. If it stays so, call support.",
        stages=_UNTIL_MOVE,
        retry=EVENT,
        retry_hours=4,
        event="health_restored",
    ),
    "CUSTOM_DOMAIN_REVIEW": ReasonTemplate(
        message="Custom domains may serve the public website and were not confirmed: {domains}.",
        remedy="Change the address of the website first, at whoever keeps the records of the domain; then "
        "confirm each of these domains: `--acknowledge domain:NAME`.",
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
        remedy=f"Try again in about one hour; {IT_STARTS}.",
        retry=AT,
        retry_hours=1,
    ),
    "NOT_ELIGIBLE": ReasonTemplate(
        message="The seller refuses this switch and gives no reason.",
        remedy=f"{MANUALLY}, or call support.",
    ),
    "UNKNOWN_REASON": ReasonTemplate(
        message="The seller refuses this switch: {vendor_text} ({vendor_code}).",
        remedy=f"{MANUALLY}, or call support.",
    ),
}


def wording_of_stage(code: str, stage: str, mode: str) -> str:
    """Return the name of the words in which a running switch tells a reason; "" takes those of a request.

    A row's remedy is for whoever asks for a switch. Inside of one its own locks refuse what would take from
    under it, and nothing is asked for anew. What an automatic switch meets before its first move, and does
    not clear by itself, takes it back: after that the row's words hold again.

    Args:
        code: A code (rules#reasons).
        stage: Step before which it counts.
        mode: automatic or manual.
    """
    names = _WORDINGS_OF_STAGE.get((stage, mode), ())
    return next((name for name in names if (code, name) in WORDINGS), "")


def names_support(remedy: str) -> bool:
    """Return whether a remedy sends the customer to support."""
    return _SUPPORT.search(remedy) is not None


def weight_words(blocks: Collection[str], mode: str = "") -> tuple[str, str]:
    """Return what a reason does to a switch: `stops` or `notice`, and in which mode alone; "" in every one.

    Args:
        blocks: Modes that it blocks.
        mode: In which the switch is asked for; "" where no mode is chosen yet.
    """
    if LICENSES_ONLY in blocks:
        return STOPS, ""
    others = sorted(set(_BOTH) - set(blocks))
    is_stopped = mode in blocks if mode else bool(blocks)
    if not blocks or not others or (mode and is_stopped):
        return (STOPS if is_stopped else NOTICE), ""
    (blocked,) = set(_BOTH) - set(others)
    alone = f"{_ARTICLES[blocked]} {blocked} switch alone"
    return (STOPS, alone) if is_stopped else (NOTICE, f"it stops {alone}")


def docs_link(code: str) -> str:
    """Return the page and anchor that explain a code."""
    return f"{DOCS_PAGE}#{code.lower()}"


def reason(
    code: str,
    evidence: Mapping[str, Figure],
    *,
    now: datetime,
    retry_at: datetime | None = None,
    wording: str = "",
) -> Reason:
    """Return the reason of `code` with its evidence.

    Args:
        code: A code (rules#reasons).
        evidence: Values for its words, and whatever else it rests on.
        now: Instant of the assessment; retries count from it.
        retry_at: Instant of the next look where the row has none of its own.
        wording: Name of other words for the code: SELLER_WORDS, or a row of WORDINGS; "" takes the row's.

    Raises:
        InvalidInput: There is no such code.
        KeyError: There is no such wording, or the evidence lacks a figure of the words.
    """
    row = REASONS.get(code)
    if row is None:
        raise InvalidInput(field="code", value=code, allowed="a code of docs/rules.md#reasons")
    if retry_at is None and row.retry_hours:
        retry_at = now + timedelta(hours=row.retry_hours)
    templates = _templates(code, wording)
    for template in (templates.message, templates.remedy):
        # What could not be told must not be recorded.
        template.format_map(dict(evidence))
    return Reason(
        code=code,
        wording=wording,
        blocks=row.blocks,
        stages=row.stages,
        retry=Retry(kind=row.retry, at=retry_at, event=row.event),
        evidence=dict(evidence),
    )


def seller_wording(code: str, stage: str, mode: str) -> str:
    """Return the name of the seller's own words, with a remedy that holds at a stage (`wording_of_stage`)."""
    own = wording_of_stage(code, stage, mode)
    return f"{SELLER_WORDS}{_WITH}{own}" if own else SELLER_WORDS


def _templates(code: str, wording: str) -> Words:
    """Return the templates of a reason."""
    row = REASONS[code]
    says, _, own = wording.partition(_WITH)
    if says == SELLER_WORDS:
        return Words(message=SELLER_SAYS, remedy=WORDINGS[code, own].remedy if own else row.remedy)
    other = WORDINGS[code, wording] if wording else Wording(remedy=row.remedy)
    return Words(message=other.message or row.message, remedy=other.remedy)


def reason_words(code: str, wording: str, evidence: Mapping[str, Any]) -> Words:
    """Return what a reason says and what can be done about it.

    Args:
        code: A code (rules#reasons); one that is not known here, of a newer version, is told as it is.
        wording: Name of other words for the code; "" takes the row's.
        evidence: The figures, as they are or as the record has them.
    """
    if code not in REASONS or not _is_known(code, wording):
        return Words(message=f"{code}.", remedy="")
    templates, figures = _templates(code, wording), spoken_figures(evidence)
    message = with_figures(templates.message, figures)
    # Words of the seller stand as they are.
    if not wording.startswith(SELLER_WORDS):
        message = of_one(message)
    return Words(message=message, remedy=of_one(with_figures(templates.remedy, figures)))


def _is_known(code: str, wording: str) -> bool:
    says, _, own = wording.partition(_WITH)
    named = own if says == SELLER_WORDS else wording
    return not named or (code, named) in WORDINGS


def reason_records(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as a wait records them: what their words are made of (`recorded_words`)."""
    return [
        {"code": each.code, "wording": each.wording, "evidence": as_plain(each.evidence)} for each in reasons
    ]


def recorded_words(facts: Mapping[str, Any]) -> Words:
    """Return the words of a recorded reason; a record of before has them itself.

    Args:
        facts: What an assessment or a wait has of it: `code`, `wording` and `evidence`.
    """
    if "message" in facts:
        return Words(message=facts["message"], remedy=facts["remedy"])
    return reason_words(facts["code"], facts.get("wording", ""), facts.get("evidence", {}))


def with_evidence(reason: Reason, more: Mapping[str, Figure]) -> Reason:
    """Return a reason with further facts that it rests on."""
    return replace(reason, evidence={**reason.evidence, **more})
