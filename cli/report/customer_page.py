"""A report of organizations as one file for browsers: no script, and nothing is loaded from elsewhere."""

from __future__ import annotations

from html import escape
from typing import IO

from cli.report.customer_rows import Entry, Summary, in_the_way, possible, status_of
from cli.text import answers

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
.id { color: color-mix(in srgb, currentColor 60%, transparent); font-size: .85rem; font-weight: normal; }
h2, p, li { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .3rem .6rem;
  text-align: left; vertical-align: top; }
th { font-size: .8rem; } .figure { text-align: right; font-variant-numeric: tabular-nums; }
.conflict, .failed { color: light-dark(#a40000, #ff8a80); font-weight: 600; }
ul { margin: .3rem 0; padding-left: 1.2rem; } details { margin: .3rem 0; }
"""
_HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    f"<title>Organizations and their plans</title><style>{_STYLE}</style></head><body>\n"
    "<h1>Organizations and their plans</h1>\n"
)
_COLUMNS = (
    ("Plan", ""),
    ("Status", ""),
    ("Bought", "figure"),
    ("Assigned", "figure"),
    ("Free", "figure"),
    ("In conflict", "figure"),
    ("Renews on", ""),
    ("Can be moved to", ""),
)


class PageSink:
    """Writes the page, section by section."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Write the beginning, and who says which organizations there are."""
        profile = f" of profile {listed.profile}" if listed.profile else ""
        self._file.write(_HEAD)
        self._paragraph(f"{len(listed.customers)} organizations{profile}: {listed.source_text}.")
        for each in listed.passed_over:
            self._paragraph(f"Passed over: {each}")

    def add(self, entry: Entry) -> None:
        """Write one organization."""
        own_id = entry.customer.organization_id
        identity = "" if entry.name == own_id else f' <span class="id">{escape(own_id)}</span>'
        self._file.write(f"<h2>{escape(entry.name)}{identity}</h2>\n")
        if entry.report is None:
            self._paragraph(f"Could not be looked at: {entry.problem}", kind="failed")
            return
        for each in entry.report.unread:
            self._paragraph(f"Not read: {each}")
        if entry.report.plans:
            self._file.write(_table(entry.report, entry.name))
        else:
            self._paragraph("It has no subscription.")
        self._file.flush()

    def end(self, summary: Summary) -> None:
        """Write the counts, and the end."""
        self._file.write("<hr>\n")
        self._paragraph(f"{summary.words()[0].upper()}{summary.words()[1:]}")
        self._file.write("</body></html>\n")

    def _paragraph(self, text: str, *, kind: str = "") -> None:
        self._file.write(f'<p class="{kind}">{escape(text)}</p>\n')


def _table(report: answers.customers.CustomerReportAnswer, name: str) -> str:
    heads = "".join(f'<th class="{kind}" scope="col">{name}</th>' for name, kind in _COLUMNS)
    body = "".join(_row(each, report) for each in report.plans)
    # Who has no mouse scrolls a table that is wider than the page by its keys.
    return (
        f'<div class="scroll" role="region" aria-label="Plans of {escape(name)}" tabindex="0">\n'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
        f"{_reasons(report)}"
    )


def _row(plan: answers.customers.ReportedPlanAnswer, report: answers.customers.CustomerReportAnswer) -> str:
    licenses = plan.licenses
    kind = "figure conflict" if licenses.in_conflict else "figure"
    identity = escape(plan.subscription.subscription_id)
    cells = [
        f'<td>{escape(plan.subscription.plan)}<br><span class="id">{identity}</span></td>',
        f"<td>{escape(status_of(plan, report))}</td>",
        *(f'<td class="figure">{each}</td>' for each in (licenses.bought, licenses.assigned, licenses.free)),
        f'<td class="{kind}">{licenses.in_conflict}</td>',
        f"<td>{plan.renews_on or ''}</td>",
        f"<td>{_targets(plan)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>\n"


def _targets(plan: answers.customers.ReportedPlanAnswer) -> str:
    names = possible(plan)
    if names:
        return "<br>".join(escape(each) for each in names)
    return "-" if plan.no_look else "nothing now"


def _reasons(report: answers.customers.CustomerReportAnswer) -> str:
    """Return what stands in the way, each reason once, with what to do."""
    reasons = {code: each for plan in report.plans for code, each in in_the_way(plan).items()}
    items = [
        f"<li><b>{escape(code)}</b>: {escape(each.message)} <i>{escape(each.remedy)}</i></li>"
        for code, each in reasons.items()
    ]
    items += [
        f"<li>{escape(plan.subscription.plan)}: nobody looked, as {escape(plan.no_look)}</li>"
        for plan in report.plans
        if plan.no_look
    ]
    return (
        f"<details open><summary>In the way</summary><ul>{''.join(items)}</ul></details>\n" if items else ""
    )
