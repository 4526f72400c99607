"""Why a request came to no switch: it was refused at once, or waited in vain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit.autopsy.answer import FirstCause, cause_with
from audit.autopsy.causes import Cause
from audit.autopsy.classification import cause_of_reasons
from audit.autopsy.facts import CaseFacts, Evidence, event_evidence
from audit.autopsy.named_causes import assessment_evidence, reasons_of
from domain.eligibility.eligibility_input import way_of_inputs
from domain.event_table.event_declaration import time_of
from domain.kernel.errors import QuoteChanged, RuleViolated
from domain.quote.quote import Quote
from domain.quote.quote_input import FORFEITURE
from domain.reasons.reasons import AUTOMATIC, recorded_words
from domain.requests import wait_events
from domain.switch.stage import Stage
from store.record.notifications import StoredNotification


def refused_request(facts: CaseFacts) -> FirstCause:
    """Return why a request was refused before anything of its switch was recorded."""
    notification = facts.assessments[-1]
    event: Any = notification.event
    evidence = (assessment_evidence(notification),)
    blocking = _blocking(event)
    if blocking:
        cause, code = cause_of_reasons(each["code"] for each in blocking)
        words = recorded_words(next(each for each in blocking if each["code"] == code))
        return cause_with(cause, code=code, message=words.message, remedy=words.remedy, evidence=evidence)
    answer = event.subject.get("answer", {})
    missing = answer.get("acknowledgments_missing", ())
    if missing:
        return cause_with(
            Cause.WARNING_NOT_CONFIRMED,
            message=", ".join(missing),
            remedy="Read them in the quote, then confirm each: `--acknowledge NAME`.",
            evidence=evidence,
        )
    return _unconfirmed_loss(event, evidence) or _told_refusal(answer, evidence)


def _told_refusal(answer: dict[str, Any], evidence: Sequence[Evidence]) -> FirstCause:
    """Return what the recorded error says, such as that a switch back is too late, or a quote has changed."""
    if "code" not in answer:
        return cause_with(Cause.UNKNOWN, evidence=evidence)
    return cause_with(
        Cause.PRICE_CHANGED if answer["code"] == QuoteChanged.code else Cause.RULE_BLOCKS,
        code=answer["code"],
        message=answer["message"],
        remedy=answer["remedy"],
        evidence=evidence,
    )


def _blocking(event: Any) -> Sequence[dict[str, Any]]:
    """Return the reasons that block the mode that was asked for."""
    mode = way_of_inputs(event.subject.get("inputs", {})) or AUTOMATIC
    return [each for each in reasons_of(event) if mode in each.get("blocks", (mode,))]


def _unconfirmed_loss(event: Any, evidence: Sequence[Evidence]) -> FirstCause | None:
    if event.subject.get("answer", {}).get("code", RuleViolated.code) != RuleViolated.code:
        return None
    if event.quote is None or FORFEITURE in event.subject.get("inputs", {}).get("acknowledgments", ()):
        return None
    forfeiture = Quote.from_facts(event.quote).forfeiture
    if forfeiture is None or not forfeiture.at_most.minor_units:
        return None
    return cause_with(
        Cause.FORFEITURE_NOT_ACCEPTED,
        message=f"up to {forfeiture.at_most}; from {forfeiture.first_on_without} on nothing would be lost",
        remedy="Start it anew with `--accept-forfeiture`, or on a day on which nothing is lost.",
        evidence=evidence,
    )


def request_that_waited(facts: CaseFacts, notification: StoredNotification) -> FirstCause:
    """Return why a request that waited came to no switch, or waits on.

    Args:
        facts: What is recorded of it.
        notification: The end of the wait, or the newest event of one that goes on.
    """
    price = _price_question(facts)
    if price is not None:
        return price
    event: Any = notification.event
    own = event_evidence(notification)
    is_ended = isinstance(event, wait_events.EligibilityWaitEnded)
    if is_ended and event.outcome == Stage.CANCELLED:
        message = f"{event.meta['actor']} ended the wait ({event.message})"
        return cause_with(Cause.OPERATOR_TURNED_BACK, code=event.code, message=message, evidence=(own,))
    if is_ended and event.outcome == Stage.PRICE_CHANGED:
        return _price(facts, own, event.message, event.remedy)
    looked = facts.last(wait_events.EligibilityLooked, wait_events.EligibilityWait.Created)
    reasons = looked[1].reasons if looked else ()
    evidence = (event_evidence(looked[0]), own) if looked and looked[0].id != notification.id else (own,)
    if reasons:
        cause, code = cause_of_reasons(each["code"] for each in reasons)
        words = recorded_words(next(each for each in reasons if each["code"] == code))
        return cause_with(cause, code=code, message=words.message, remedy=words.remedy, evidence=evidence)
    return _without_reason(facts, own)


def _without_reason(facts: CaseFacts, own: Evidence) -> FirstCause:
    """Return why a request waits that nothing blocks: its day, or a look that got no answer."""
    planned = facts.last(wait_events.EligibilityLookPlanned)
    if planned is not None and planned[1].code:
        event = planned[1]
        return cause_with(
            Cause.PROVIDER_OUTAGE,
            code=event.code,
            message=event.message,
            remedy=event.remedy,
            evidence=(event_evidence(planned[0]),),
        )
    start = facts.last(wait_events.StartScheduled, wait_events.StartRescheduled)
    if start is not None:
        message = f"it starts at {time_of(start[1].not_before)} at the earliest"
        return cause_with(Cause.START_NOT_DUE, message=message, evidence=(event_evidence(start[0]),))
    return cause_with(Cause.UNKNOWN, evidence=(own,))


def _price_question(facts: CaseFacts) -> FirstCause | None:
    """Return the price that somebody was asked about and did not accept."""
    newest = facts.last(wait_events.PriceAsked, wait_events.PriceAccepted, wait_events.StartRescheduled)
    if newest is None or not isinstance(newest[1], wait_events.PriceAsked):
        return None
    remedy = "Accept it or decline it: `planswitch schedule accept|decline SWITCH --reason …`."
    return _price(facts, event_evidence(newest[0]), newest[1].message, remedy)


def _price(facts: CaseFacts, own: Evidence, message: str, remedy: str) -> FirstCause:
    """Return why a price is another one: a catalog that came meanwhile, or what is not of the catalog."""
    newer = [each for each in facts.catalogs if each.at <= own.at]
    if not newer:
        return cause_with(Cause.PRICE_CHANGED, message=message, remedy=remedy, evidence=(own,))
    arrivals = tuple(
        Evidence(kind="catalog", place=each.version, at=each.at, words=f"catalog {each.version} was imported")
        for each in newer
    )
    return cause_with(Cause.CATALOG_CHANGED, message=message, remedy=remedy, evidence=(own, *arrivals))
