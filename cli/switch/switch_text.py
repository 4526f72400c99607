"""What the `switch` commands print of switches: one or all, what each waits for, what calls for somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from cli.switch.quote_text import NO_MONEY, accepted, findings
from cli.text import answers
from cli.text.output import ago, charged_amount, fields, first_users, short, wrapped
from cli.text.tables import is_piped, table
from domain.reasons.reasons import AUTOMATIC, MANUAL
from domain.switch.stage import Stage
from domain.switch.stage_words import words_of

if TYPE_CHECKING:
    from domain.operator.workflow_trouble import WorkflowTrouble
    from projections.reads.shown_rows import EventRow

    #: What a start, or an order of a checkout, led to.
    Started = (
        answers.switches.SwitchStarted | answers.switches.SwitchKnown | answers.checkouts.CheckoutOrdered
    )

_INDENT = 2
_REMEDY_INDENT = 4
_SHOWN_HERE = re.compile(r"what `planswitch switch show[^`]*` (?:names|tells)")
#: Open point of an invoice whose credit has not arrived.
_NOT_SETTLED = "not_settled"
#: Newest events that `switch show` lists.
EVENTS_SHOWN = 12
#: Behind the stage of a switch that missed a promise.
_MISSED = "(late)"
#: Somebody acted in Temporal, past the console.
_OUTSIDE = "(outside)"
_HEADERS = ("SWITCH", "STAGE", "PLANS", "MOVED", "ORGANIZATION", "WAITS FOR")
#: Counts of the API over all pages -> their words.
COUNT_WORDS = {"running": "running", "attention": "need attention", "ended": "ended"}


def started_kind() -> type[Started]:
    """Return the model of what a start answers: a new switch, or one that was asked for before."""
    return cast("type[Started]", answers.switches.SwitchStarted | answers.switches.SwitchKnown)


def started(answer: Started, mode: str = AUTOMATIC) -> list[str]:
    """Return what a start led to and the next command.

    Args:
        answer: Of the start, or of the order of a checkout.
        mode: In which it was asked for; by hand an operator starts the steps (manual#steps).
    """
    again = " (it was started before)" if answer.repeated else ""
    lines = [f"switch {answer.switch_id}{again}"]
    if answer.switch:
        lines += switch(answer.switch, [])[1:]
    if isinstance(answer, answers.switches.SwitchStarted):
        lines += [*findings(answer.findings), *accepted(answer.wait)]
    is_by_itself = answer.switch is not None and answer.switch.licenses_only
    command = "next" if mode == MANUAL and not (is_by_itself or _is_waiting(answer)) else "watch"
    return [*lines, f"next: planswitch switch {command} {short(answer.switch_id)}"]


def _is_waiting(answer: Started) -> bool:
    """Return whether the request waits: until its switch begins there is no step to start."""
    if isinstance(answer, answers.switches.SwitchStarted):
        return answer.wait is not None
    return answer.switch is not None and answer.switch.stage == Stage.WAITING_ELIGIBLE


def switch(row: answers.switches.NamedSwitch, events: Sequence[EventRow]) -> list[str]:
    """Return one switch and its newest events."""
    facts = {
        "switch": row.switch_id,
        "organization": organization_text(row),
        "plans": f"{row.source_plan} -> {row.target_plan}",
        "stage": stage_text(row),
        **_taken_back(row),
        **_missing(row),
        "waits for": row.waits_for or "-",
        **wait_facts(row),
        "users": _users(row),
        **_pilot(row),
        **_money(row),
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
        *_notice(row),
        *open_points(row.open_points if isinstance(row, answers.switches.ShownSwitch) else ()),
    ]
    if events:
        newest = list(events)[-EVENTS_SHOWN:]
        rows = [[ago(each.at), each.event, each.stage, each.actor] for each in newest]
        lines += ["", *table(["AT", "EVENT", "STAGE", "ACTOR"], rows)]
    return lines


def _money(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return what is ordered and billed, or that both plans are owned and no money moves."""
    if row.licenses_only:
        return {"to": f"subscription {row.target_subscription_id or '-'}", "money": NO_MONEY}
    return {
        "licenses": "-" if row.licenses is None else f"{row.licenses} of {row.target_plan}",
        "quote": charged_amount(row.quote_total, row.currency),
        "charged": charged_amount(row.charged_total, row.currency),
    }


def _notice(row: answers.switches.NamedSwitch) -> list[str]:
    """Return the notice of the completion, until somebody has read it."""
    notice = row.completion_notice if isinstance(row, answers.switches.ShownSwitch) else None
    if notice is None:
        return []
    return [*wrapped(notice.message, 0), *wrapped(f"what to do: {notice.remedy}", _REMEDY_INDENT)]


def _taken_back(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return which switch this one takes back, and which one takes this one back, or was asked to."""
    advice = row.switch_back if isinstance(row, answers.switches.ShownSwitch) else None
    by = "asked back by" if advice is not None and not advice.is_taken_back else "taken back by"
    named = {"takes back": row.switch_back_of, by: row.switched_back_by}
    facts = {name: f"switch {switch_id}" for name, switch_id in named.items() if switch_id}
    if advice is None or not advice.is_allowed or advice.until is None:
        return facts
    until = f"{advice.until:%Y-%m-%d %H:%M} UTC"
    return {**facts, "can go back": f"until {until}: planswitch switch back {short(row.switch_id)}"}


def stage_text(row: answers.switches.NamedSwitch) -> str:
    """Return the stage with its mark, and a sign where something went past a promise or the console."""
    sign = f" {_MISSED}" if row.promises_missed else ""
    sign += f" {_OUTSIDE}" if row.outside_acts else ""
    return f"{words_of(row.stage).icon} {row.stage.replace('_', ' ')}{sign}"


def organization_text(row: answers.switches.NamedSwitch, *, is_short: bool = False) -> str:
    """Return an organization by its name and its id; where no name is known, by the whole id.

    Args:
        row: The switch.
        is_short: The beginning of the id is enough beside the name.
    """
    name = row.organization_name if isinstance(row, answers.switches.ListedSwitch) else ""
    if not name:
        return row.organization_id
    return f"{name} ({short(row.organization_id) if is_short else row.organization_id})"


def _users(row: answers.switches.NamedSwitch) -> str:
    if not row.total:
        return "nobody was moved" if row.outcome else "nobody is moved yet"
    late = f", {row.joined_late} joined late" if row.joined_late else ""
    text = f"{row.moved} of {row.total} moved, {row.failed} failed, {row.skipped} skipped"
    return text + late


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


def _missing(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return since when events of the switch are missing in what is shown, and what to do."""
    if row.incomplete_since is None:
        return {}
    stream = short(row.incomplete_stream)
    text = f"since version {row.incomplete_since} of stream {stream}: `planswitch projection status`"
    return {"incomplete": text}


def wait_facts(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return what is waited for by name, since when, when it is looked next, and what can be done."""
    if not row.waits_for:
        return {}
    names = [name for name in row.wait_names if name not in row.waits_for]
    facts = {"by name": ", ".join(names)} if names else {}
    facts |= {"waits since": ago(row.waits_since)} if row.waits_since else {}
    if row.looks_at:
        facts["looks again"] = "soon, by itself" if row.looks_soon else ago(row.looks_at)
    return facts | ({"what to do": _here(row.wait_remedy)} if row.wait_remedy else {})


def _here(remedy: str) -> str:
    """Return what to do as `switch show` prints it, which is itself what some of it names."""
    return _SHOWN_HERE.sub("what is told below", remedy)


def promise_facts(row: answers.switches.NamedSwitch) -> dict[str, str]:
    """Return what went past promises or the console, and where the invoice is once it is promised."""
    missed = ", ".join(name.replace("_", " ") for name in row.promises_missed)
    facts = {"promises missed": missed} if missed else {}
    acts = ", ".join(act.replace("_", " ") for act in row.outside_acts)
    if acts:
        facts["done in Temporal"] = f"{acts}; `planswitch audit show` tells what is known"
    if row.invoice_delivered_at:
        facts["invoice"] = f"delivered {ago(row.invoice_delivered_at)}"
    elif row.invoice_promised_at:
        facts["invoice"] = f"to be delivered: {ago(row.invoice_promised_at)}{_invoice_look(row)}"
    if row.invoice_open_point == _NOT_SETTLED:
        facts["credit"] = f"not settled yet{_invoice_look(row)}"
    return facts


def _invoice_look(row: answers.switches.NamedSwitch) -> str:
    """Return since when what is open of the invoice is waited for, and when billing is asked again."""
    if not row.outcome:
        return ""
    if not row.invoice_looks_at:
        return "; nobody looks for it any more: ask billing"
    return f"; waited for since {ago(row.ended_at)}; asked again by itself {ago(row.invoice_looks_at)}"


def attention(called: Iterable[answers.switches.NamedSwitch]) -> list[str]:
    """Return each call for somebody with what to do."""
    lines = []
    for row in called:
        for each in row.attention:
            title = f"{short(row.switch_id)} needs attention since {ago(row.alarmed_at)}"
            lines += wrapped(f"{title}: {each.what}", 0)
            lines += wrapped(f"what to do: {each.what_to_do}", _REMEDY_INDENT)
    return lines


def open_points(left: Sequence[answers.quotes.FindingAnswer]) -> list[str]:
    """Return what a switch left to do by hand."""
    return ["", "open points", *findings(left)] if left else []


def trouble_lines(trouble: WorkflowTrouble, indent: int) -> list[str]:
    """Return one trouble: what it is, since when, and what to do.

    Args:
        trouble: As the API tells it.
        indent: Columns before each line.
    """
    since = f", since {ago(trouble.since)}" if trouble.since else ""
    return [
        *wrapped(f"{trouble.code}{since}: {trouble.message}", indent),
        *wrapped(f"what to do: {trouble.remedy}", indent),
    ]


def in_trouble(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return whose workflows can't go on, below a table of switches that has no room for it."""
    return [
        line
        for row in rows
        for each in row.workflow_troubles
        for line in ("", short(row.switch_id), *trouble_lines(each, _INDENT))
    ]


def board(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return a row for each switch; none where there is none."""
    if not rows:
        return []
    lines = [
        [
            # A person gives the first characters; a program gets all of them.
            row.switch_id if is_piped() else short(row.switch_id),
            stage_text(row),
            f"{row.source_plan} -> {row.target_plan}",
            f"{row.moved}/{row.total}",
            organization_text(row, is_short=not is_piped()),
            row.waits_for or "-",
        ]
        for row in rows
    ]
    return [*table(_HEADERS, lines), *_incomplete(rows), *in_trouble(rows)]


def _incomplete(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return which switches lack events in what is shown, below a table that has no room for it."""
    incomplete = [each for each in rows if each.incomplete_since is not None]
    lines = [
        f"{short(each.switch_id)} is incomplete since version {each.incomplete_since}" for each in incomplete
    ]
    return [*lines, *wrapped("what to do: `planswitch projection status` says it", _INDENT)] if lines else []
