"""What the `switch` commands print for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from cli.switch.waiting import accepted
from cli.text import answers
from cli.text.output import (
    ago,
    charged_amount,
    charged_text,
    fields,
    figure,
    first_users,
    short,
    support_lines,
    wrapped,
)
from cli.text.tables import table
from cli.text.wait_text import attention, promise_facts, wait_facts
from domain.reasons.acknowledgments import ACKNOWLEDGED, BACKUP_DONE, BACKUP_GUIDE
from domain.switch.stage import Stage
from domain.switch.stage_words import words_of

if TYPE_CHECKING:
    from domain.quote.lines import QuoteLine
    from domain.reasons.findings import Finding
    from projections.reads.shown_rows import EventRow

    #: What a start, or an order of a checkout, led to.
    Started = (
        answers.switches.SwitchStarted | answers.switches.SwitchKnown | answers.checkouts.CheckoutOrdered
    )

#: Newest events that `switch show` lists.
EVENTS_SHOWN = 12
_REASON_INDENT = 2
_REMEDY_INDENT = 4
#: Behind the stage of a switch that missed a promise.
_MISSED = "(late)"
#: Somebody acted in Temporal, past the console.
_OUTSIDE = "(outside)"


def targets(answer: answers.catalog.TargetsAnswer) -> list[str]:
    """Return the offered plans with what blocks each."""
    source = answer.source
    head = [f"{source.plan}, {source.quantity} licenses, {answer.users} users", ""]
    if not answer.targets:
        return [*head, "No plan is offered:", *reasons(answer.reasons)]
    rows = [
        [
            each.target_plan,
            each.direction,
            _yes(each.eligible["automatic"]),
            _yes(each.eligible["manual"]),
            len(each.services_gained),
            len(each.services_lost),
        ]
        for each in answer.targets
    ]
    lines = table(["TO", "DIRECTION", "AUTOMATIC", "MANUAL", "GAINED", "LOST"], rows)
    first = answer.targets[0]
    lines += ["", *wrapped(f"first is {first.target_plan}: {first.reason}", 0)]
    return [*head, *lines, *_common_reasons(answer.targets)]


def quote(answer: answers.quotes.QuotedQuestion) -> list[str]:
    """Return the price of a switch by day, and whether it may be."""
    assessed, quoted = answer.assessment, answer.quote
    currency = quoted.currency
    head = fields(
        {
            "organization": f"{answer.organization} ({answer.organization_id})",
            "switch": f"{answer.source_plan} -> {assessed.target_plan} ({assessed.direction})",
            "licenses": f"{answer.quantity} ({answer.users} users move)",
            "gained": ", ".join(assessed.services_gained) or "-",
            "lost": ", ".join(assessed.services_lost) or "-",
            "paid by": _payment(answer),
            "possible": _possible(assessed, quoted.forfeiture),
        }
    )
    names = ["forfeited", "net", "tax", "total"] if quoted.forfeiture else ["net", "tax", "total"]
    rows = [
        [
            day.on,
            figure(-day.credit_minor_units, currency),
            figure(_sum(day.lines, "charge"), currency),
            *(figure(getattr(day, f"{name}_minor_units"), currency) for name in names),
        ]
        for day in quoted.days
    ]
    days = table([f"{currency}, ON", "CREDIT", "CHARGE", *(name.upper() for name in names)], rows)
    tail = [f"quote {quoted.digest}", f"valid until {quoted.expires_on}, prorated {quoted.policy}"]
    remarks = [*_beside(quoted.overlap), *_loss(quoted.forfeiture), *_unused(answer.right_sizing)]
    noticed = [*reasons(assessed.reasons), *findings(answer.findings), *_to_confirm(assessed)]
    return [*head, *noticed, "", *days, "", *remarks, *tail]


def _possible(assessed: answers.quotes.AssessmentAnswer, loss: answers.quotes.ForfeitureAnswer | None) -> str:
    """Return whether the switch may be; a loss that nobody has accepted yet is no yes."""
    if not assessed.eligible["automatic"]:
        return "no"
    if assessed.acknowledgments_missing:
        return "yes, after you confirm what is below"
    return "yes, after you accept the forfeiture" if loss and not loss.is_accepted else "yes"


def _to_confirm(assessed: answers.quotes.AssessmentAnswer) -> list[str]:
    """Return what has to be acknowledged before the order, with the option that does it."""
    missing = assessed.acknowledgments_missing
    lines = [
        line
        for name in missing
        for line in wrapped(
            f"to confirm: {ACKNOWLEDGED.get(name, name)} (--acknowledge {name})", _REASON_INDENT
        )
    ]
    return [*lines, f"    how to back up: {BACKUP_GUIDE}"] if BACKUP_DONE in missing else lines


def _unused(sizing: answers.quotes.RightSizingAnswer | None) -> list[str]:
    """Return how many licenses nobody would use, what as many as users cost, and how to ask for them."""
    if sizing is None:
        return []
    period = {"monthly": "month", "annual": "year"}[sizing.billing_cycle]
    plural = "" if sizing.unused == 1 else "s"
    lines = wrapped(
        f"{sizing.unused} license{plural} would be unused: {sizing.period_quoted} a {period} net, "
        f"{sizing.period_right_sized} with the {sizing.quantity} that are needed",
        0,
    )
    if sizing.is_possible:
        lost = f", {sizing.forfeited_at_most} forfeited" if sizing.forfeited_at_most_minor_units else ""
        total = f"then {charged_text(sizing.first_day_total)} with tax on the first day{lost}"
        return [*lines, *wrapped(f"{sizing.how}: {total}", _REASON_INDENT), ""]
    return [*lines, *wrapped(sizing.how, _REASON_INDENT), ""]


def _beside(days: answers.quotes.OverlapAnswer | None) -> list[str]:
    """Return what goes on of an old plan that can't be cancelled, and how to accept or avoid it."""
    if days is None:
        return []
    return [
        *wrapped(
            f"the old plan can't be cancelled now: it goes on beside the new one until {days.until}, up to"
            f" {days.days_at_most} days worth {days.at_most} net, of which nothing is credited",
            0,
        ),
        f"accept that with --acknowledge {days.acknowledgment}, or wait with --on renewal",
        "",
    ]


def _loss(forfeiture: answers.quotes.ForfeitureAnswer | None) -> list[str]:
    """Return what is lost of a value that was paid in advance, and how not to lose it."""
    if forfeiture is None:
        return []
    loss = f"up to {forfeiture.at_most} of the prepaid value is forfeited: start with --accept-forfeiture"
    free = f"a switch that is ordered on {forfeiture.first_on_without} forfeits nothing"
    return [*wrapped(loss, 0), *wrapped(f"{free}: schedule it with --on {forfeiture.start_on}", 0), ""]


def started_kind() -> type[Started]:
    """Return the model of what a start answers: a new switch, or one that was asked for before."""
    return cast("type[Started]", answers.switches.SwitchStarted | answers.switches.SwitchKnown)


def started(answer: Started) -> list[str]:
    """Return what a start led to and the next command."""
    again = " (it was started before)" if answer.repeated else ""
    lines = [f"switch {answer.switch_id}{again}"]
    if answer.switch:
        lines += switch(answer.switch, [])[1:]
    if isinstance(answer, answers.switches.SwitchStarted):
        lines += [*findings(answer.findings), *accepted(answer.wait)]
    return [*lines, f"next: planswitch switch watch {short(answer.switch_id)}"]


def _users(row: answers.switches.NamedSwitch) -> str:
    if not row.total:
        return "nobody was moved" if row.outcome else "nobody is moved yet"
    late = f", {row.joined_late} joined late" if row.joined_late else ""
    text = f"{row.moved} of {row.total} moved, {row.failed} failed, {row.skipped} skipped"
    return text + late


def switch(row: answers.switches.NamedSwitch, events: Sequence[EventRow]) -> list[str]:
    """Return one switch and its newest events."""
    facts = {
        "switch": row.switch_id,
        "organization": row.organization_id,
        "plans": f"{row.source_plan} -> {row.target_plan}",
        "stage": stage_text(row),
        **_missing(row),
        "waits for": row.waits_for or "-",
        **wait_facts(row),
        "users": _users(row),
        **_pilot(row),
        "licenses": "-" if row.licenses is None else f"{row.licenses} of {row.target_plan}",
        "quote": charged_amount(row.quote_total, row.currency),
        "charged": charged_amount(row.charged_total, row.currency),
        **_credit(row),
        **_void_window(row),
        "requested": f"{ago(row.requested_at)} by {row.requested_by}",
        **_start(row),
        "promised end": ago(row.promised_end),
        **promise_facts(row),
        "ended": ago(row.ended_at),
    }
    if row.error_code:
        facts["reason"] = f"{row.error_code}: {row.error_message}"
    lines = [
        *fields(facts),
        *attention([row]),
        *open_points(row.open_points if isinstance(row, answers.switches.ShownSwitch) else ()),
    ]
    if events:
        newest = list(events)[-EVENTS_SHOWN:]
        rows = [[ago(each.at), each.event, each.stage, each.actor] for each in newest]
        lines += ["", *table(["AT", "EVENT", "STAGE", "ACTOR"], rows)]
    return lines


def reasons(rows: Iterable[answers.quotes.ReasonAnswer]) -> list[str]:
    """Return each reason with its remedy."""
    lines = []
    for reason in rows:
        word = "stops" if reason.blocks else "notice"
        lines += wrapped(f"{word} {reason.code}: {reason.message}", _REASON_INDENT)
        if reason.remedy:
            lines += wrapped(f"what to do: {reason.remedy}", _REMEDY_INDENT)
        lines += support_lines(reason.support.contact if reason.support else None, _REMEDY_INDENT)
        if reason.docs:
            lines.append(f"{' ' * _REMEDY_INDENT}more: {reason.docs}")
    return lines


def findings(rows: Iterable[answers.quotes.FindingAnswer | Finding]) -> list[str]:
    """Return each finding with its remedy; none of them blocks the switch."""
    lines = []
    for each in rows:
        lines += wrapped(f"finding {each.code}: {each.message}", _REASON_INDENT)
        if each.remedy:
            lines += wrapped(f"what to do: {each.remedy}", _REMEDY_INDENT)
        if each.docs:
            lines.append(f"{' ' * _REMEDY_INDENT}more: {each.docs}")
    return lines


def open_points(left: Sequence[answers.quotes.FindingAnswer]) -> list[str]:
    """Return what a switch left to do by hand."""
    return ["", "open points", *findings(left)] if left else []


def _common_reasons(rows: Sequence[answers.quotes.TargetAnswer]) -> list[str]:
    """Return every reason once, although it blocks several targets."""
    reasons_by_text: dict[tuple[str, str], answers.quotes.ReasonAnswer] = {}
    for each in rows:
        for reason in each.reasons:
            reasons_by_text.setdefault((reason.code, reason.message), reason)
    return ["", *reasons(reasons_by_text.values())] if reasons_by_text else []


def _payment(answer: answers.quotes.QuotedQuestion) -> str:
    is_likely = answer.credit_check == "may_be_required"
    return f"{answer.payment_method}{'; a credit check may be required' if is_likely else ''}"


def _start(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return on which day a request starts that waits, and until when it waits."""
    if row.stage != Stage.WAITING_ELIGIBLE:
        return {}
    day = {"starts on": row.start_on} if row.start_on else {}
    return {**day, "waits until": ago(row.wait_until)}


def _pilot(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return who moves first; how many of a group is known once the roster is frozen."""
    group_id, is_frozen = row.pilot_group_id, row.total > 0
    if group_id:
        users = f"{row.pilot} users" if is_frozen else "members"
        return {"pilot": f"{users} of group {group_id}"}
    return {"pilot": first_users(row.pilot)} if row.pilot else {}


def _credit(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return the credit check of a switch, with its instants while it is waited for."""
    if not row.credit_check or row.credit_check == "not_required":
        return {}
    if row.credit_check != "required" or row.outcome:
        return {"credit check": row.credit_check}
    return {
        "credit check": "not decided",
        "reminder": ago(row.credit_reminder_at),
        "overdue": ago(row.credit_deadline_at),
        "void by itself": ago(row.credit_cap_at),
    }


def _void_window(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return until when a void of the order is free, and whether the organization was warned."""
    if row.voidable_until is None or row.outcome:
        return {}
    warned = f", warned {ago(row.void_warned_at)}" if row.void_warned_at else ""
    return {"void for nothing": f"until {ago(row.voidable_until)}{warned}"}


def stage_text(row: answers.switches.NamedSwitch) -> str:
    """Return the stage with its mark, and a sign where something went past a promise or the console."""
    sign = f" {_MISSED}" if row.promises_missed else ""
    sign += f" {_OUTSIDE}" if row.outside_acts else ""
    return f"{words_of(row.stage).icon} {row.stage.replace('_', ' ')}{sign}"


def _missing(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return since when events of the switch are missing in what is shown, and what to do."""
    if row.incomplete_since is None:
        return {}
    stream = short(row.incomplete_stream)
    text = f"since version {row.incomplete_since} of stream {stream}: `planswitch projection status`"
    return {"incomplete": text}


def _sum(lines: Sequence[QuoteLine], kind: str) -> int:
    return sum(line.amount.minor_units for line in lines if line.kind == kind)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
