"""What a switch waits for, what of it calls for somebody, and where its invoice is, as text for people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cli.text import answers
from cli.text.output import ago, short, wrapped

_INDENT = 4
_SHOWN_HERE = re.compile(r"what `planswitch switch show[^`]*` (?:names|tells)")
#: Open point of an invoice whose credit has not arrived.
_NOT_SETTLED = "not_settled"


def attention(called: Iterable[answers.switches.NamedSwitch]) -> list[str]:
    """Return each call for somebody with what to do."""
    lines = []
    for row in called:
        for each in row.attention:
            title = f"{short(row.switch_id)} needs attention since {ago(row.alarmed_at)}"
            lines += wrapped(f"{title}: {each.what}", 0)
            lines += wrapped(f"what to do: {each.what_to_do}", _INDENT)
    return lines


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
