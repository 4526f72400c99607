"""What a report of organizations is made of: entries that come one by one, their rows, and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cli.text import answers

#: Names of the columns, in their order; programs read them.
COLUMNS = (
    "organization_id",
    "organization",
    "plan",
    "plan_id",
    "subscription_id",
    "status",
    "seller",
    "bought",
    "assigned",
    "free",
    "in_grace",
    "in_conflict",
    "renews_on",
    "switch_automatically_to",
    "switch_by_hand_to",
    "move_licenses_only_to",
    "in_the_way",
    "not_read",
    "error",
)
CONNECTED, ANOTHER, UNKNOWN = "connected", "another", "unknown"
_AND = "; "


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why an organization could not be looked at."""

    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.code}: {self.message} {self.remedy}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is told of one organization: a report, or why there is none."""

    customer: answers.customers.CustomerAnswer
    report: answers.customers.CustomerReportAnswer | None
    problem: Problem | None

    @property
    def name(self) -> str:
        """Return the organization's name, or its id where nobody says one."""
        own = self.report.name if self.report else ""
        return self.customer.name or own or self.customer.organization_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Counts over a report."""

    organizations: int = 0
    failed: int = 0
    plans: int = 0
    #: Plans that have something to be moved to, automatically or by hand.
    movable: int = 0
    #: Plans that more users hold than there are licenses.
    in_conflict: int = 0

    def including(self, entry: Entry) -> Summary:
        """Return the counts with one more entry."""
        plans = entry.report.plans if entry.report else ()
        return replace(
            self,
            organizations=self.organizations + 1,
            failed=self.failed + (entry.report is None),
            plans=self.plans + len(plans),
            movable=self.movable + sum(bool(possible(each)) for each in plans),
            in_conflict=self.in_conflict + sum(each.licenses.in_conflict > 0 for each in plans),
        )

    def words(self) -> str:
        """Return the counts in a sentence."""
        failed = f"; {self.failed} could not be looked at" if self.failed else ""
        return (
            f"organizations: {self.organizations}{failed}. Plans: {self.plans}; {self.movable} of them could "
            f"be moved now, and {self.in_conflict} of them lack licenses."
        )


class Sink(Protocol):
    """Where a report goes, entry by entry."""

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Take which organizations there are, and who says so."""

    def add(self, entry: Entry) -> None:
        """Take one organization."""

    def end(self, summary: Summary) -> None:
        """Take the counts; nothing follows."""


def possible(plan: answers.customers.ReportedPlanAnswer) -> list[str]:
    """Return what a plan can be moved to now, each with how where that is not by itself."""
    ordered = [each for each in plan.targets if each.is_possible_automatically or each.is_possible_by_hand]
    names = [each.plan if each.is_possible_automatically else f"{each.plan} (by hand)" for each in ordered]
    return [*names, *(f"{each.plan} (licenses only)" for each in plan.owned_targets if each.is_possible)]


def in_the_way(plan: answers.customers.ReportedPlanAnswer) -> dict[str, answers.quotes.ReasonAnswer]:
    """Return each reason that blocks a move of a plan in some mode, once, by its code."""
    ordered = [reason for target in plan.targets for reason in target.reasons]
    owned = [reason for target in plan.owned_targets for reason in target.reasons]
    blocking = [reason for reason in (*ordered, *owned, *plan.reasons) if reason.blocks]
    return {reason.code: reason for reason in reversed(blocking)}


def rows(entry: Entry) -> Iterator[Sequence[object]]:
    """Yield the cells of an entry in the order of COLUMNS: a row for each plan, or one that says why none."""
    head = (entry.customer.organization_id, entry.name)
    empty = ("",) * (len(COLUMNS) - len(head) - 2)
    if entry.report is None:
        yield (*head, *empty, "", entry.problem)
        return
    unread = _AND.join(entry.report.unread)
    for plan in entry.report.plans:
        yield (*head, *_cells(plan, entry.report), unread, "")
    if not entry.report.plans:
        yield (*head, *empty, unread, "")


def seller_of(
    plan: answers.customers.ReportedPlanAnswer, report: answers.customers.CustomerReportAnswer
) -> str:
    """Return who sold a plan; nobody knows where the connected seller shows nothing."""
    if not plan.is_sold_elsewhere:
        return CONNECTED
    return ANOTHER if report.is_seller_read else UNKNOWN


def status_of(
    plan: answers.customers.ReportedPlanAnswer, report: answers.customers.CustomerReportAnswer
) -> str:
    """Return how a plan stands, in words, with its seller where that is another one."""
    is_other = seller_of(plan, report) == ANOTHER
    return f"{plan.status}, another seller's" if is_other else plan.status


def _cells(
    plan: answers.customers.ReportedPlanAnswer, report: answers.customers.CustomerReportAnswer
) -> Sequence[object]:
    own, licenses = plan.subscription, plan.licenses
    reasons = [f"{code}: {reason.message}" for code, reason in in_the_way(plan).items()]
    return (
        own.plan,
        own.plan_id,
        own.subscription_id,
        plan.status,
        seller_of(plan, report),
        licenses.bought,
        licenses.assigned,
        licenses.free,
        licenses.in_grace,
        licenses.in_conflict,
        plan.renews_on or "",
        _AND.join(each.plan for each in plan.targets if each.is_possible_automatically),
        _AND.join(each.plan for each in plan.targets if each.is_possible_by_hand),
        _AND.join(each.plan for each in plan.owned_targets if each.is_possible),
        _AND.join([*reasons, *([plan.no_look] if plan.no_look else [])]),
    )
