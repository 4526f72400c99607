"""The report of a bundle as figures and words, each figure under a name; the page and the checks read them.

A figure follows from the record alone, so it is the same whoever computes it. Words may be put better by a
later version, so only the version that wrote them compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from audit.report.amounts import Amount, Bill
from audit.story.holdings import MoneyAndOrder, Users, money_of, users_of
from audit.story.show import AuditEntry, entries_of
from audit.story.steps import steps_of
from audit.story.verdict import Verdict, verdict_of
from audit.story.waits import waits_of
from audit.transparency.policies import Anchoring
from audit.transparency.policies import Verdict as SealVerdict
from domain.kernel.money import Money
from domain.operator.manual_events import ManualStepBegun
from domain.switch import events as switch_events
from domain.switch.control_events import QuantityAmended
from domain.switch.move_events import UserSkipped
from domain.switch.return_events import OperatorCommanded
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

REPORT_FORMAT: Final = "planswitch-report/1"
#: Events in which a person decided something.
_DECISIONS: tuple[type[Any], ...] = (
    switch_events.SwitchRequested,
    switch_events.WarningAcknowledged,
    switch_events.ForfeitureAccepted,
    switch_events.OverlapAccepted,
    switch_events.CreditCheckApproved,
    switch_events.CreditCheckDeclined,
    switch_events.CreditCheckExtended,
    OperatorCommanded,
    QuantityAmended,
    UserSkipped,
    ManualStepBegun,
)
#: What nobody can conclude from a bundle alone (ADR 36).
LIMITS: Final = (
    (
        "A bundle proves that what it shows stands in the log. It can't prove that a stream has no later "
        "event than the last one shown, or that a call shown by its digest alone is of another switch."
    ),
    (
        "The histories of Temporal, the other plans of the catalog and the words of this report are not "
        "sealed. The figures of this report are computed again when the bundle is checked."
    ),
    (
        "What nobody sealed, nobody can prove: a seal is made up to a minute after an event, and says "
        "nothing of whether the event was true when it was written."
    ),
    (
        "Rows that name the users of a drift have no digest in an event, so a bundle leaves them out; the "
        "event counts them."
    ),
)
UNANCHORED_LIMIT: Final = (
    "UNANCHORED: no witness signed the checkpoint. Who holds the log's keys could have made another log; "
    "compare the checkpoint with one that somebody else kept."
)
POLICY_LIMIT: Final = (
    "The policy in this bundle came with it, so it proves nothing about its keys: take the policy from the "
    "log's operator by another way, and check the bundle with it."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a bundle says of its switch."""

    #: Name of a figure -> its text.
    figures: dict[str, str]
    #: Name of a text -> the text.
    words: dict[str, str]

    def as_facts(self, product_version: str) -> dict[str, Any]:
        """Return the report as a member of the bundle."""
        return {
            "format": REPORT_FORMAT,
            "product_version": product_version,
            "figures": self.figures,
            "words": self.words,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What a report is made of."""

    switch_id: str
    organization_id: str
    #: Events of the switch in the order of the log.
    events: Sequence[StoredNotification]
    calls: Sequence[RecordedCall]
    bill: Bill | None
    amounts: Sequence[Amount]
    #: As `final_state` returns it.
    state: dict[str, str]
    #: Users of the frozen roster, and rows of what happened to them.
    roster: int
    rows: int
    #: Events of all streams, those of other switches among them.
    stored_events: int
    seal: SealVerdict


def report_of(record: Record) -> Report:
    """Return the report of a switch."""
    steps, waits = steps_of(record.events, record.calls), waits_of(record.events)
    money, users = money_of(record.events, record.calls), users_of(record.events)
    verdict = verdict_of(record.events, steps=steps, waits=waits, money=money, users=users)
    entries = tuple(entries_of(record.events))
    figures = {
        "switch": record.switch_id,
        "organization": record.organization_id,
        **_verdict(verdict),
        **_seal(record),
        **_users(record, users),
        **_order(money),
        **_amounts(record.amounts),
        **_lines(record.bill),
        **record.state,
        **dict(_decisions(record.events)),
        **dict(_timeline(entries)),
    }
    return Report(figures=figures, words=_words(record, verdict, entries))


def instant_words(at: datetime) -> str:
    """Return an instant as reports write it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {
        "outcome": verdict.outcome,
        "outcome.is_final": "yes" if verdict.has_ended else "no",
        "outcome.at": instant_words(verdict.at),
        "outcome.code": verdict.code,
        "outcome.step": verdict.step,
        "outcome.actor": verdict.actor,
    }


def _seal(record: Record) -> dict[str, str]:
    seal = record.seal
    return {
        "seal.origin": seal.checkpoint.origin,
        "seal.size": str(seal.checkpoint.size),
        "seal.root": seal.checkpoint.root.hex(),
        "seal.anchoring": str(seal.anchoring),
        "seal.keys": ", ".join(f"{key.name}+{key.key_id.hex()}" for key in seal.signed_by),
        "seal.witnesses": ", ".join(seal.witnessed_by),
        "events": str(record.stored_events),
        "events.of_switch": str(len(record.events)),
        "calls": str(len(record.calls)),
    }


def _users(record: Record, users: Users) -> dict[str, str]:
    counts = ("total", "joined_late", "moved", "failed", "skipped", "returned")
    numbers = {f"users.{name}": _text(getattr(users, name)) for name in counts}
    return {"users.roster": str(record.roster), "users.rows": str(record.rows), **numbers}


def _order(money: MoneyAndOrder) -> dict[str, str]:
    names = (
        *("order_id", "licenses_ordered", "ordered_at", "voidable_until", "voided_at"),
        *("source_cancelled_at", "billing_stopped_on", "invoice_number"),
    )
    return {f"order.{name}": _text(getattr(money, name)) for name in names}


def _amounts(amounts: Sequence[Amount]) -> dict[str, str]:
    figures: dict[str, str] = {}
    for each in amounts:
        figures[f"amount.{each.position}.{each.name}"] = str(each.stated)
        figures[f"computed.{each.position}.{each.name}"] = _text(each.computed)
    return figures


def _lines(bill: Bill | None) -> dict[str, str]:
    """Return the lines of the bill: what each is for, its days, licenses, price and amount."""
    figures: dict[str, str] = {}
    for number, line in enumerate(bill.cutover.lines if bill and bill.cutover else ()):
        facts: dict[str, Money | int | str] = {
            "kind": line.kind,
            "days": f"{line.from_on} to {line.to_on}",
            "licenses": line.quantity,
            "price": line.unit_price,
            "amount": line.amount,
            "addon": line.addon_id,
        }
        figures |= {f"line.{number}.{name}": _text(fact) for name, fact in facts.items()}
    return figures


def _decisions(events: Sequence[StoredNotification]) -> Iterator[tuple[str, str]]:
    for each in events:
        event: Any = each.event
        if isinstance(event, _DECISIONS):
            yield f"decision.{each.id}.what", each.topic
            yield f"decision.{each.id}.by", event.meta["actor"]
            yield f"decision.{each.id}.why", event.meta["reason"]
            yield f"decision.{each.id}.at", instant_words(event.timestamp)


def _timeline(entries: Sequence[AuditEntry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        about = f"event.{entry.position}"
        yield f"{about}.name", entry.event
        yield f"{about}.at", instant_words(entry.at)
        yield f"{about}.recorded", instant_words(entry.recorded_at)
        yield f"{about}.by", entry.actor
        yield f"{about}.place", f"{entry.stream_id} version {entry.version}"


def _words(record: Record, verdict: Verdict, entries: Sequence[AuditEntry]) -> dict[str, str]:
    limits = [*LIMITS, POLICY_LIMIT]
    if record.seal.anchoring is Anchoring.UNANCHORED:
        limits.insert(0, UNANCHORED_LIMIT)
    return {
        "verdict": verdict.sentence,
        "message": verdict.message,
        "what_to_do": verdict.what_to_do,
        **{f"limit.{number}": text for number, text in enumerate(limits)},
        **{f"effect.{entry.position}": entry.effect for entry in entries},
    }


def _text(fact: Money | date | datetime | int | str | None) -> str:
    if isinstance(fact, datetime):
        return instant_words(fact)
    return "" if fact is None else str(fact)
