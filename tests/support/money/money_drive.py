"""Drive one chain: the product quotes and bills, the sandbox keeps the books, the ledger says what is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, cast
from zoneinfo import ZoneInfo

import httpx2

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.preparation import prepare
from domain.kernel.errors import PlanSwitchError
from domain.operator.amendment import amended
from domain.ports.seller_port import OrderLine
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import Quote, cutover, quote
from domain.requests.terms import BillingCycle, Mode, SwitchTerms
from sandbox.kernel.journal import GOODWILL
from sandbox.organizations.organizations import PLACES
from tests.support.money.ledger import CHARGE, PER_DAY, PER_SECOND, Account, Cycle
from tests.support.money.money_books import AT_ORDER, MONTHS, Books, Due, Ordered
from tests.support.money.money_cases import ADD, END, GIFT, REMOVE, REPLACE, SCHEDULE, Chain, Step
from tests.support.money.money_market import CutoverStep, Market, catalog
from tests.support.money.money_rows import difference, rows_of_quote

SEED_BASE = 5_000_000
TERMS = {"monthly": "P1M", "annual": "P1Y"}
#: A day on which clocks change has this many seconds at least.
DAY_SECONDS_MIN = 82_000
#: What a chain may end with instead of an end that can be judged.
TOLD = (PlanSwitchError, httpx2.HTTPError, AssertionError, OSError, ArithmeticError, LookupError, ValueError)
#: Figures of the referee that must be zero.
FIGURES = ("double_charges", "unbilled_days", "orphan_orders", "wrong_amounts")


@dataclass(kw_only=True)
class MoneyDrive:
    """One chain on a market."""

    market: Market
    chain: Chain
    #: Whatever differs, in words.
    differences: list[str] = field(default_factory=list)
    users: int = 1
    #: Lines that were compared, and switches that were made.
    lines: int = 0
    switches: int = 0

    def run(self) -> list[str]:
        """Carry the chain out and return what differs; what fails on the way is told as well."""
        try:
            self._begin()
            for step in self.chain.steps:
                self.day += timedelta(days=step.after_days)
                self._today()
                self._carry_out(step)
        except TOLD as error:
            self.differences.append(f"{type(error).__name__}: {error}")
        self._judge()
        return self.differences

    def _begin(self) -> None:
        chain = self.chain
        self.day = chain.start_on + timedelta(days=chain.late_days)
        cycle = Cycle(
            billing_day=chain.start_on.day, months=MONTHS[chain.cycle], first_month=chain.start_on.month
        )
        co_term = {
            "custom_term_end_on": cycle.period(self.day)[1].isoformat(),
            "billing_day": chain.start_on.day,
        }
        options = {
            **(co_term if chain.late_days else {}),
            "has_side_products": False,
            "quantity": chain.licenses,
            "contract_type": chain.contract,
            "profile": {"tax_rate": chain.tax},
        }
        body = {
            "seed": SEED_BASE + chain.seed,
            "users": self.users,
            "plan_id": catalog().find(chain.plan).plan_id,
            "currency": chain.currency,
            "billing_cycle": chain.cycle,
            "period_start_on": self.day.isoformat(),
            "options": options,
        }
        self.market.set_day(self.day, ZoneInfo(PLACES[chain.currency][2]))
        made = self.market.sandbox.make(body)
        self.organization_id, self.source_id = made["organization_id"], made["subscription_id"]
        self.zone = ZoneInfo(made["time_zone"])
        cycle = replace(cycle, zone=self.zone)
        self.books = Books(
            currency=chain.currency,
            tax_rate=Fraction(chain.tax),
            cycle_name=chain.cycle,
            plan=self._bought(chain.plan, chain.licenses, cycle),
            is_key=chain.contract == "productKey",
        )
        for part, licenses in chain.addons:
            self._buy_addon(part, licenses, cycle)

    def _bought(self, part: str, licenses: int, cycle: Cycle) -> Account:
        made = Account(plan=part, price=self._price(part, self.chain.cycle), cycle=cycle)
        made.change(licenses, self.day)
        return made

    def _price(self, part: str, cycle: str) -> int:
        plan = catalog().find(part)
        return catalog().price(plan.plan_id, self.chain.currency).unit_price.minor_units * MONTHS[cycle]

    def _buy_addon(self, part: str, licenses: int, cycle: Cycle) -> None:
        self.market.sandbox.edit(
            self.organization_id,
            kind="purchase",
            plan_id=catalog().find(part).plan_id,
            quantity=licenses,
            parent_subscription_id=self.source_id,
            is_billed=True,
        )
        self.books.addons[part] = self._bought(part, licenses, cycle)

    def _today(self) -> None:
        """Move the clock; what has begun by the day is renewed, on both sides."""
        self.books.renew(self.day)
        self.market.set_day(self.day, self.zone)
        self.market.cloud.billing.period(self.organization_id, self.source_id)

    def _carry_out(self, step: Step) -> None:
        ended_on = self.books.plan.ended_on
        if ended_on is not None and ended_on <= self.day:
            # Nothing can be bought for, or moved from, a plan that has ended.
            return
        if step.kind in {ADD, REMOVE}:
            self._change(step)
        elif step.kind in {SCHEDULE, END}:
            self._state_next_term(step)
        elif step.kind == GIFT:
            self._give(step)
        else:
            self._switch(step)

    def _change(self, step: Step) -> None:
        """Buy licenses, or give some back."""
        held = self.books.plan.licenses
        licenses = held + step.amount if step.kind == ADD else max(1, held - step.amount)
        value = self.books.plan.price * (held - licenses)
        if licenses == held or value > max(0, self.books.plan.paid(self.day)):
            # A seller gives no more back than was paid.
            return
        known = len(self._entries())
        self.market.cloud.seller.change_quantity(
            self.organization_id, self.source_id, quantity=licenses, key=self._key("quantity")
        )
        line = self.books.plan.change(licenses - held, self.day)
        # With a change inside of a term the seller forgets what was scheduled for the next one.
        self.books.plan.unschedule()
        wanted = Counter([(line.kind, abs(line.amount), line.from_on.isoformat(), line.to_on.isoformat())])
        self._compare_entries(wanted, known, f"{licenses - held:+d} licenses on {self.day}")

    def _state_next_term(self, step: Step) -> None:
        """Let the next term have other licenses, or let there be none."""
        account, licenses = self.books.plan, step.amount if step.kind == SCHEDULE else 0
        if account.ended_on is not None:
            return
        changes: dict[str, Any] = {"is_auto_renewed": False, "scheduled": None}
        if licenses:
            product = {"productId": catalog().find(account.plan).plan_id}
            changes = {"scheduled": {"product": product, "quantity": licenses}}
        self._edit_source(changes)
        account.schedule(self._term_end(), licenses)

    def _term_end(self) -> date:
        """Return the end of the present term as the seller states it."""
        path = f"/v1/customers/{self.organization_id}/subscriptions/{self.source_id}"
        stated = self.market.read(self.organization_id, path)["commitmentEndDate"]
        return date.fromisoformat(stated[:10])

    def _edit_source(self, changes: dict[str, Any]) -> None:
        self.market.sandbox.edit(
            self.organization_id, kind="subscription", subscription_id=self.source_id, changes=changes
        )

    def _give(self, step: Step) -> None:
        """Give money back for the rest of the period, for no licenses."""
        account = self.books.plan
        amount, end = account.paid(self.day) * step.amount // 100, account.cycle.period(self.day)[1]
        if amount > 0:
            billing = self.market.cloud.billing
            shown = billing.period(self.organization_id, self.source_id)
            billing.credit(
                self.organization_id,
                self.source_id,
                amount=replace(shown.paid, minor_units=amount),
                from_on=self.day,
                to_on=end,
                reason=GOODWILL,
                key=self._key("gift"),
            )
            account.give(amount, self.day, end)

    def _switch(self, step: Step) -> None:
        """Quote, order, maybe amend, complete, and compare all of it."""
        self.switches += 1
        if step.is_kept and self._may_be_kept(step):
            self._pass_window()
        accepted = self._quoted(step)
        ordered = self._ordered(step, accepted)
        self._compare_table(ordered, accepted)
        target_id, billing_step = self._order(accepted)
        if step.rule_set == AT_ORDER:
            billing_step.stop_at_order()
        if step.amended_to and step.amended_to != ordered.licenses:
            accepted = amended(accepted, step.amended_to, switch_id=billing_step.switch_id).after
            ordered = replace(ordered, licenses=step.amended_to)
            self._compare_table(ordered, accepted)
            self.market.cloud.seller.change_quantity(
                self.organization_id, target_id, quantity=step.amended_to, key=self._key("amended")
            )
        self._complete(ordered, replace(billing_step, accepted_quote=accepted), target_id)

    def _quoted(self, step: Step) -> Quote:
        part = self.books.plan.plan if step.kind == REPLACE else step.target
        asked = SwitchTerms(
            organization_id=self.organization_id,
            source_subscription_id=self.source_id,
            target_plan_id=catalog().find(part).plan_id,
            quantity=step.amount or None,
            mode=cast("Mode", step.mode),
            rule_set=step.rule_set,
            billing_cycle=cast("BillingCycle | None", step.cycle or None),
            term="P1Y" if step.cycle else None,
            policy=PER_DAY if step.policy == PER_SECOND else step.policy,
        )
        question, now = SwitchQuestion(terms=asked), self.market.clock.now()
        terms = prepare(self.market.cloud, None, catalog(), question, now=now).quote.input
        if step.policy == PER_SECOND:
            at, zone = self._instant(step), str(self.zone)
            terms = replace(terms, policy=PER_SECOND, cutover_at=at, time_zone=zone)
        made = quote(terms)
        if Quote.from_facts(made.as_facts()).digest != made.digest:
            self.differences.append(f"{self.day}: the stored quote has another digest")
        return made

    def _ordered(self, step: Step, accepted: Quote) -> Ordered:
        terms = accepted.input
        part = catalog().plan(terms.target_plan_id).product_code
        names = {catalog().find(name).plan_id: name for name in self.books.addons}
        return Ordered(
            step=step,
            on=self.day,
            plan=part,
            licenses=step.amount or self.books.plan.licenses,
            price=self._price(part, step.cycle or self.books.cycle_name),
            expires_on=self.day + timedelta(days=7),
            kept_until=self._term_end() if terms.overlap_until else None,
            carried=frozenset(names[each.plan_id] for each in terms.addons if each.is_carried),
            cutover_at=self._instant(step) if step.policy == PER_SECOND else None,
        )

    def _instant(self, step: Step) -> datetime:
        """Return the instant of a cutover by seconds, in the organization's zone."""
        midnight = datetime.combine(self.day + timedelta(days=step.takes_days), time(), self.zone)
        second = min(step.second, DAY_SECONDS_MIN)
        return datetime.fromtimestamp(midnight.timestamp() + second, self.zone)

    def _may_be_kept(self, step: Step) -> bool:
        return not self.books.addons and not self.books.is_key and step.rule_set != AT_ORDER

    def _pass_window(self) -> None:
        """Let it be too late to cancel the old plan."""
        gone = (self.market.clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self._edit_source({"cancellable_until": gone})

    def _order(self, accepted: Quote) -> tuple[str, CutoverStep]:
        terms = accepted.input
        step = CutoverStep(
            cloud=self.market.cloud,
            organization_id=self.organization_id,
            source_id=self.source_id,
            switch_id=self._key("switch"),
            accepted_quote=accepted,
        )
        line = OrderLine(
            plan_id=terms.target_plan_id,
            quantity=terms.quantity_target,
            term=TERMS[terms.billing_cycle],
            billing_cycle=terms.billing_cycle,
            currency=terms.currency,
            addons=step.addon_lines(),
        )
        seller = self.market.cloud.seller
        placed = seller.place_order(
            self.organization_id, line, cart_key=self._key("cart"), checkout_key=self._key("checkout")
        )
        shown = seller.order(self.organization_id, placed.order_id)
        if shown.subscription_id is None:
            raise AssertionError("the order names no subscription")
        return shown.subscription_id, replace(step, order_id=placed.order_id)

    def _complete(self, ordered: Ordered, step: CutoverStep, target_id: str) -> None:
        """Cancel, cut over, and compare what was booked."""
        self.day += timedelta(days=ordered.step.takes_days)
        at = time(12) if ordered.cutover_at is None else ordered.cutover_at.timetz().replace(tzinfo=None)
        self.market.set_day(self.day, self.zone, at)
        cloud, accepted = self.market.cloud, step.accepted_quote
        billed = cloud.billing.period(self.organization_id, self.source_id)
        due = self.books.due(ordered, self.day)
        self._compare_day(ordered, accepted.day(self.day), due)
        self._leave(ordered, accepted)
        terms = cutover(accepted, self.day, billed_now=billed, addons_now=step.addon_periods())
        known = len(self._entries())
        step.bill(target_id, terms)
        if terms.total.minor_units != due.net + due.tax:
            self._tell(f"cut over {self.day}", [f"total {terms.total}, right {due.net + due.tax}"])
        self._compare_booked(ordered, due, known)
        self.books.complete(ordered, self.day)
        self.source_id = target_id

    def _leave(self, ordered: Ordered, accepted: Quote) -> None:
        seller = self.market.cloud.seller
        if ordered.kept_until is not None and self.day < ordered.kept_until:
            seller.stop_renewal(
                self.organization_id, self.source_id, ends_by=ordered.kept_until, key=self._key("end")
            )
            return
        for each in (self.source_id, *(addon.subscription_id for addon in accepted.input.addons)):
            seller.cancel_subscription(self.organization_id, each, key=self._key(f"cancel-{each}"))

    def _compare_table(self, ordered: Ordered, accepted: Quote) -> None:
        """Compare every day of a quote's table with what the ledger says."""
        for day in accepted.days:
            self._compare_day(ordered, day, self.books.due(ordered, day.on))

    def _compare_day(self, ordered: Ordered, day: DayQuote, due: Due) -> None:
        where = f"ordered {ordered.on} for {ordered.plan}, completed {day.on}"
        self.lines += sum(due.rows.values())
        self._tell(where, difference(due.rows, rows_of_quote(day)))
        actual = {name: getattr(day, name).minor_units for name in due.sums()}
        self._tell(
            where,
            [
                f"{name} {actual[name]}, right {right}"
                for name, right in due.sums().items()
                if right != actual[name]
            ],
        )

    def _compare_booked(self, ordered: Ordered, due: Due, known: int) -> None:
        """Compare the ledger of the seller with what is due."""
        where = f"cut over {self.day} to {ordered.plan}"
        wanted: Counter[tuple[Any, ...]] = Counter()
        for bill in due.bills:
            for line in bill.lines:
                if line.kind == CHARGE or (line.kind == "credit" and line.amount):
                    days = (line.from_on.isoformat(), line.to_on.isoformat())
                    wanted[line.kind, abs(line.amount), *days] += 1
        self._compare_entries(wanted, known, where)
        invoices = [each for each in self._entries()[known:] if each["kind"] == "invoice"]
        figures = [(each["tax_minor_units"], each["amount_minor_units"]) for each in invoices]
        if figures != [(due.tax, due.net + due.tax)] and (figures or due.net):
            self._tell(where, [f"invoices of {figures}, right {(due.tax, due.net + due.tax)}"])

    def _compare_entries(self, wanted: Counter[tuple[Any, ...]], known: int, where: str) -> None:
        entries = self._entries()[known:]
        booked = Counter(
            (each["kind"], each["amount_minor_units"], each["from_on"], each["to_on"])
            for each in entries
            if each["kind"] in {"charge", "credit"}
            and (each["kind"] == "charge" or each["amount_minor_units"])
        )
        wanted = Counter({key: count for key, count in wanted.items() if key[0] == CHARGE or key[1]})
        currencies = {each["currency"] for each in entries if "currency" in each} - {self.chain.currency}
        self._tell(where, [f"not booked {key}" for key in (wanted - booked).elements()])
        self._tell(where, [f"booked {key}" for key in (booked - wanted).elements()])
        self._tell(where, [f"booked in {each}" for each in currencies])
        self.lines += sum(wanted.values())

    def _judge(self) -> None:
        """Ask the referee, which does not know every amount."""
        verdict = self.market.sandbox.verdict(self.organization_id)
        is_unknown = not all(step.is_judged for step in self.chain.steps)
        for name in FIGURES:
            if verdict[name] and not (is_unknown and name == "wrong_amounts"):
                texts = verdict["wrong_amount_texts"] if name == "wrong_amounts" else []
                self._tell("referee", [f"{name} {verdict[name]} {'; '.join(texts)}"])

    def _entries(self) -> list[dict[str, Any]]:
        return self.market.ledger(self.organization_id)

    def _key(self, call: str) -> str:
        return f"money-{self.chain.seed}-{self.switches}-{self.day}-{len(self.books.plan.bookings)}-{call}"

    def _tell(self, where: str, problems: list[str]) -> None:
        self.differences += [f"{where}: {each}" for each in problems]
