"""A report of organizations as text: a block for each, printed as it comes."""

from __future__ import annotations

from cli.report.customer_rows import Entry, Summary, in_the_way, possible, status_of
from cli.text import answers
from cli.text.output import counted, note, print_lines, wrapped
from cli.text.tables import table

_HEADERS = ("PLAN", "STATUS", "BOUGHT", "ASSIGNED", "FREE", "CONFLICT", "CAN BE MOVED TO")
#: Targets that stand in a row; `--json` has all.
_TARGETS_MAX = 2
#: Organizations after which a report that goes into a file says how far it is.
_PROGRESS = 25


class ProgressSink:
    """Says how far a report is that goes into a file, and what it is about; no part of the data."""

    def __init__(self) -> None:
        self._told = self._expected = 0

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Say which organizations there are."""
        self._expected = len(listed.customers)
        note(_list_words(listed))
        for each in listed.passed_over:
            note(f"passed over: {each}")

    def add(self, _entry: Entry) -> None:
        """Say every so often how many were looked at."""
        self._told += 1
        if self._told % _PROGRESS == 0 and self._told < self._expected:
            note(f"{self._told} of {self._expected} organizations")

    def end(self, summary: Summary) -> None:
        """Say the counts."""
        note(summary.words())


def _list_words(listed: answers.customers.CustomersAnswer) -> str:
    """Return how many organizations there are, and who says so."""
    profile = f" of profile {listed.profile}" if listed.profile else ""
    return f"{counted(len(listed.customers), 'organization')}{profile}: {listed.source_text}"


class TextSink:
    """Prints each organization."""

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Say which organizations there are."""
        print_lines(wrapped(_list_words(listed), 0))
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
        print_lines(table(_HEADERS, [_row(each, entry.report) for each in entry.report.plans]))
        print_lines(_reasons(entry.report))

    def end(self, summary: Summary) -> None:
        """Print the counts."""
        print_lines(["", *wrapped(summary.words(), 0)])
        if not summary.organizations:
            note("Name organizations with --organization, or in `tenants` of the cloud profile.")


def _row(
    plan: answers.customers.ReportedPlanAnswer, report: answers.customers.CustomerReportAnswer
) -> list[object]:
    licenses = plan.licenses
    return [
        plan.subscription.plan,
        status_of(plan, report),
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
