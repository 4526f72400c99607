"""A report of organizations as text: a block for each, printed as it comes."""

from __future__ import annotations

from cli.report.customer_rows import Entry, Summary, in_the_way, possible
from cli.text import answers
from cli.text.output import counted, note, print_lines, wrapped
from cli.text.tables import table

_HEADERS = ("PLAN", "STATUS", "BOUGHT", "ASSIGNED", "FREE", "CONFLICT", "CAN BE MOVED TO")
#: Targets that stand in a row; `--json` has all.
_TARGETS_MAX = 2


class TextSink:
    """Prints each organization."""

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Say which organizations there are."""
        profile = f" of profile {listed.profile}" if listed.profile else ""
        number = counted(len(listed.customers), "organization")
        print_lines(wrapped(f"{number}{profile}: {listed.source_text}", 0))
        for each in listed.passed_over:
            print_lines(wrapped(f"passed over: {each}", 2))

    def add(self, entry: Entry) -> None:
        """Print the plans of one organization."""
        identity = (
            f" ({entry.customer.organization_id})" if entry.name != entry.customer.organization_id else ""
        )
        print_lines(["", *wrapped(f"{entry.name}{identity}", 0)])
        if entry.report is None:
            print_lines(wrapped(f"could not be looked at: {entry.problem}", 2))
            return
        for each in entry.report.unread:
            print_lines(wrapped(f"not read: {each}", 2))
        if not entry.report.plans:
            print_lines(["  It has no subscription."])
            return
        print_lines(table(_HEADERS, [_row(each) for each in entry.report.plans]))
        print_lines(_reasons(entry.report))

    def end(self, summary: Summary) -> None:
        """Print the counts."""
        print_lines(["", *wrapped(summary.words(), 0)])
        if not summary.organizations:
            note("Name organizations with --organization, or in `tenants` of the cloud profile.")


def _row(plan: answers.customers.ReportedPlanAnswer) -> list[object]:
    licenses = plan.licenses
    return [
        plan.subscription.plan,
        f"{plan.status}, another seller's" if plan.is_sold_elsewhere else plan.status,
        licenses.bought,
        licenses.assigned,
        licenses.free,
        licenses.in_conflict,
        _targets(plan),
    ]


def _targets(plan: answers.customers.ReportedPlanAnswer) -> str:
    names = possible(plan)
    more = len(names) - _TARGETS_MAX
    shown = ", ".join(names[:_TARGETS_MAX])
    if names:
        return f"{shown} and {more} more" if more > 0 else shown
    return "-" if plan.no_look else "nothing now"


def _reasons(report: answers.customers.CustomerReportAnswer) -> list[str]:
    """Return every reason once, although it stands in the way of several plans."""
    reasons = {code: each for plan in report.plans for code, each in in_the_way(plan).items()}
    lines = []
    for code, reason in reasons.items():
        lines += wrapped(f"{code}: {reason.message} What to do: {reason.remedy}", 2)
    for plan in report.plans:
        if plan.no_look:
            lines += wrapped(f"{plan.subscription.plan}: nobody looked, as {plan.no_look}", 2)
    return lines
