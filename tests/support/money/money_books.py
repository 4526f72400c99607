"""The independent side of a chain: accounts of plan and add-ons, and what each cutover must come to."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from domain.quote.lines import OVERLAP_TO_COME
from tests.support.money.ledger import (
    CHARGE,
    PER_DAY,
    PER_SECOND,
    Account,
    Bill,
    Cycle,
    Purchase,
    Terms,
    half_up,
    switch,
)
from tests.support.money.money_cases import Step
from tests.support.money.money_rows import Row, rows_of_bill, rows_of_renewals

MONTHS = {"monthly": 1, "annual": 12}
AT_ORDER = "2014"


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a cutover must come to, of plan and add-ons."""

    bills: tuple[Bill, ...]
    rows: Counter[Row]
    tax_rate: Fraction

    @property
    def net(self) -> int:
        """Return the net."""
        return sum(bill.net for bill in self.bills)

    @property
    def tax(self) -> int:
        """Return the tax, taken once on the net."""
        return half_up(self.net * self.tax_rate)

    def sums(self) -> dict[str, int]:
        """Return every total by its name."""
        names = ("paid", "consumed", "credit", "forfeited")
        totals = {name: sum(getattr(bill, name) for bill in self.bills) for name in names}
        kept = sum(bill.kept for bill in self.bills)
        return {"net": self.net, "tax": self.tax, "total": self.net + self.tax, "overlap": kept, **totals}


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A switch that was ordered."""

    step: Step
    on: date
    plan: str
    licenses: int
    #: Price of one license for a period of the new cycle.
    price: int
    #: Last day of the quote's table.
    expires_on: date
    #: First day on which an old plan that can't be cancelled is no more.
    kept_until: date | None
    #: Add-ons that go on with the new plan.
    carried: frozenset[str]
    cutover_at: datetime | None = None

    def moment(self, on: date) -> date:
        """Return the instant of a scheduled cutover on its day, and any other day itself."""
        at = self.cutover_at
        return at if at is not None and at.date() == on else on


@dataclass(kw_only=True)
class Books:
    """Accounts of one organization."""

    currency: str
    tax_rate: Fraction
    cycle_name: str
    plan: Account
    #: The plan was bought with a product key.
    is_key: bool = False
    addons: dict[str, Account] = field(default_factory=dict)

    def renew(self, day: date) -> None:
        """Charge the periods that have begun by a day."""
        for account in (self.plan, *self.addons.values()):
            account.renew(day)

    def due(self, ordered: Ordered, on: date) -> Due:
        """Return what a cutover on a day must come to."""
        limit = self._disclosed(ordered) if on > ordered.expires_on else None
        bill, rows = self._plan_due(ordered, on, limit)
        bills = [bill]
        for name, account in self.addons.items():
            more, more_rows = self._addon_due(ordered, on, name, account)
            bills.append(more)
            rows += more_rows
        return Due(bills=tuple(bills), rows=rows, tax_rate=self.tax_rate)

    def complete(self, ordered: Ordered, on: date) -> None:
        """Let the new plan and its add-ons be the ones that are held."""
        policy = self._policy(ordered, on)
        self.plan = Account(plan=ordered.plan, price=ordered.price, cycle=self._new_cycle(ordered, on))
        self.plan.change(ordered.licenses, on, policy=policy)
        self.cycle_name, self.is_key = ordered.step.cycle or self.cycle_name, False
        carried = {name: self.addons[name] for name in ordered.carried}
        self.addons = {
            name: Account(plan=name, price=account.price, cycle=account.cycle)
            for name, account in carried.items()
        }
        for name, account in self.addons.items():
            account.change(carried[name].licenses, on, policy=policy)

    def _plan_due(self, ordered: Ordered, on: date, limit: int | None) -> tuple[Bill, Counter[Row]]:
        is_prepaid = self.is_key or (self.cycle_name == "annual" and self.plan.price > 0)
        purchase = Purchase(
            plan=ordered.plan,
            price=ordered.price,
            licenses=ordered.licenses,
            cycle=self._new_cycle(ordered, on),
        )
        terms = replace(
            self._terms(ordered, on),
            is_prepaid=is_prepaid,
            is_manual=ordered.step.mode == "manual",
            forfeited_at_most=limit,
        )
        return self._billed(self.plan, [purchase], terms, kept_until=ordered.kept_until)

    def _addon_due(
        self, ordered: Ordered, on: date, name: str, account: Account
    ) -> tuple[Bill, Counter[Row]]:
        """Bill an add-on like a plan of its own; of one that the new plan includes nothing is charged."""
        same = Purchase(plan=name, price=account.price, licenses=account.licenses)
        return self._billed(account, [same] if name in ordered.carried else [], self._terms(ordered, on))

    def _billed(
        self, held: Account, new: list[Purchase], terms: Terms, *, kept_until: date | None = None
    ) -> tuple[Bill, Counter[Row]]:
        account = deepcopy(held)
        known = len(account.bookings)
        on = terms.cutover.date() if isinstance(terms.cutover, datetime) else terms.cutover
        account.renew(terms.stopped_on or on)
        renewals = [each for each in account.bookings[known:] if each.kind == CHARGE]
        bill = switch([account], new, account.cycle, terms)
        rows = rows_of_bill(bill, account, self.currency, terms.policy)
        rows += rows_of_renewals(renewals, self.currency)
        if terms.is_kept and kept_until is not None:
            to_come = account.renew(kept_until - timedelta(days=1))
            rows += rows_of_renewals(to_come, self.currency, kind=OVERLAP_TO_COME)
        return bill, rows

    def _terms(self, ordered: Ordered, on: date) -> Terms:
        facts: dict[str, Any] = {"cutover": ordered.moment(on), "policy": self._policy(ordered, on)}
        if ordered.step.rule_set == AT_ORDER:
            facts["stopped_on"] = ordered.on
        return Terms(**facts, is_kept=ordered.kept_until is not None and on < ordered.kept_until)

    def _policy(self, ordered: Ordered, on: date) -> str:
        """Return the policy of a day: seconds bind only the day of the stated instant."""
        is_another_day = ordered.step.policy == PER_SECOND and ordered.moment(on) == on
        return PER_DAY if is_another_day else ordered.step.policy

    def _disclosed(self, ordered: Ordered) -> int:
        """Return the most that is forfeited on a day of the table."""
        days = [
            ordered.on + timedelta(days=count) for count in range((ordered.expires_on - ordered.on).days + 1)
        ]
        return max(self._plan_due(ordered, day, None)[0].forfeited for day in days)

    def _new_cycle(self, ordered: Ordered, on: date) -> Cycle:
        """Return the cycle of the new plan: by another one it starts with the old plan's current period."""
        name = ordered.step.cycle or self.cycle_name
        if name == self.cycle_name:
            return self.plan.cycle
        start = self.plan.cycle.period(on)[0]
        return replace(self.plan.cycle, months=MONTHS[name], first_month=start.month)
