"""The referee's book of amounts: each charge and credit against the price of its days.

See proration#every-policy.

A price belongs to a nominal period: a billing day as a number, and the months of the cycle. The figures are
computed here from the journal alone; calendar and rounding are the referee's own, so that a mistake of the
ledger or of who tells it what to book is not repeated.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sandbox.kernel.journal import LICENSES_ADDED, LICENSES_REMOVED, Record

#: How a credit that belongs to a switch begins to name it.
OF_SWITCH = "plan switch "
#: Reason of what a cancellation without a switch gave back; it is invoiced as well.
OF_CANCELLATION = "product cancelled"
START, RENEWAL = "start", "renewal"
MONTHS = {"monthly": 1, "annual": 12}
PREPAID_CYCLE, USUAL_CONTRACT = "annual", "subscription"
KEPT_DIGITS = 10**9
FIXED_MONTH = 30
ADDON, SIDE = "addon", "side"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nominal:
    """The whole period to which a price belongs: it ends on `end`, a billing day."""

    end: date
    months: int
    #: Day of the month on which it renews, 1 to 31.
    billing_day: int

    @property
    def start(self) -> date:
        """Return its first day."""
        return self._boundary(-self.months)

    @property
    def is_on_billing_day(self) -> bool:
        """Return whether it ends on the billing day, or on the last day of a shorter month."""
        return self._boundary(0) == self.end

    def shares(self, first: date, end: date) -> dict[str, Fraction]:
        """Return which part of it the days from `first` to before `end` are, by each way of counting."""
        days = Fraction((end - first).days, (self.end - self.start).days)
        thirties = Fraction(self._thirty(end) - self._thirty(first), FIXED_MONTH * self.months)
        return {
            "per_day": days,
            "kill_bill": Fraction(_rounded(days * KEPT_DIGITS), KEPT_DIGITS),
            "fixed_30": thirties,
        }

    def _thirty(self, day: date) -> int:
        """Return the place of a day in months of 30 days."""
        begun = [number for number in range(self.months + 1) if self._boundary(number - self.months) <= day]
        number = begun[-1] if begun else 0
        return FIXED_MONTH * number + min((day - self._boundary(number - self.months)).days, FIXED_MONTH)

    def _boundary(self, months: int) -> date:
        year, month = divmod(self.end.year * 12 + self.end.month - 1 + months, 12)
        return date(year, month + 1, min(self.billing_day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    """An entry of the ledger for days of a period."""

    first: date
    end: date
    #: What it added to the amount that was paid.
    amount: int
    #: Licenses that it added; none of a mere credit.
    licenses: int
    #: Price of one license for the nominal period, when it was booked.
    price: int
    nominal: Nominal

    def worth(self, until: date, way: str) -> Fraction:
        """Return what of it was used before a day."""
        until = min(until, self.end)
        if until <= self.first:
            return Fraction(0)
        share = self.nominal.shares(self.first, until)[way]
        if self.licenses:
            return self.price * self.licenses * share
        return self.amount * share / self.nominal.shares(self.first, self.end)[way]


@dataclass(kw_only=True, slots=True)
class Account:
    """What was booked for one subscription."""

    booked: list[Booked] = field(default_factory=list)
    #: Credits of switches, in the order of booking.
    given_back: list[dict[str, Any]] = field(default_factory=list)
    #: Ends of periods of which a cancellation gave nothing back, since they were paid for in advance.
    lost: set[date] = field(default_factory=set)

    def rests(self, on: date, end: date) -> dict[str, int]:
        """Return what is left of a period from a day on before a switch gives it back, by each way."""
        lines = [each for each in self.booked if each.nominal.end == end]
        paid = sum(each.amount for each in lines)
        used = {way: _rounded(sum((each.worth(on, way) for each in lines), Fraction(0))) for way in _WAYS}
        return {way: max(0, paid - min(max(0, used[way]), paid)) for way in _WAYS}


_WAYS = ("per_day", "kill_bill", "fixed_30")


class MoneyBook:
    """The amounts of one organization."""

    def __init__(self, profile: dict[str, Any], group_of: Callable[[dict[str, Any]], str]) -> None:
        self._profile = dict(profile)
        self._group_of = group_of
        self._documents: dict[str, dict[str, Any]] = {}
        self._accounts: dict[str, Account] = {}
        self._billing_days: dict[str, int] = {}
        #: Billing day of plans that were bought to end with another subscription's term, by that end.
        self._co_terms: dict[date, int] = {}
        #: Amounts of charges that were started, and of what was given back, each with an invoice.
        self._started = self._returned = self._invoiced = 0
        #: Charge by which each credit of a switch was followed, by the credit's id.
        self._first_charges: dict[str, int] = {}
        self._faults: list[str] = []

    def read(self, record: Record) -> None:
        """Take in one record."""
        edit = record["edit"] if record["type"] == "edit" else {}
        self._profile |= record.get("profile") or {}
        self._read_co_term(record.get("request") or {})
        if edit.get("kind") == "profile":
            self._profile |= edit["changes"]
        documents = [*record.get("subscriptions", ()), *([edit["document"]] if "document" in edit else ())]
        before = dict(self._documents)
        self._documents |= {document["subscription_id"]: document for document in documents}
        if record["type"] == "subscription_changed" and not record.get("entries"):
            self._faults += _unbooked(before.get(record["subscription_id"]), documents[0])
        for entry in (*record.get("entries", ()), *edit.get("entries", ())):
            self._read_entry(entry, before.get(entry.get("subscription_id", "")))

    def is_used_up(self, subscription_id: str, on: date) -> bool:
        """Return whether nothing was left to give back when a subscription was stopped on a day."""
        account = self._accounts.get(subscription_id)
        end = _period_end(self._documents[subscription_id])
        return account is not None and end is not None and 0 in account.rests(on, end).values()

    def faults(self) -> list[str]:
        """Return every amount that is not what the rules say, in words."""
        return [
            *self._faults,
            *self._wrong_returns(),
            *self._not_returned(),
            *self._not_billed(),
            *self._sums(),
        ]

    def _read_co_term(self, request: dict[str, Any]) -> None:
        """Note on which day a plan renews that was bought to end with another one: the days don't tell it."""
        options = request.get("options") or {}
        if options.get("custom_term_end_on"):
            end = date.fromisoformat(options["custom_term_end_on"])
            self._co_terms[end] = options.get("billing_day") or end.day

    def _read_entry(self, entry: dict[str, Any], before: dict[str, Any] | None) -> None:
        if entry.get("currency", self._profile["currency"]) != self._profile["currency"]:
            self._faults.append(f"{_named(entry)} is in {entry['currency']}")
        if entry["kind"] == "invoice":
            self._read_invoice(entry)
        elif entry["kind"] in {"charge", "credit"}:
            self._read_days(entry, before)

    def _read_days(self, entry: dict[str, Any], before: dict[str, Any] | None) -> None:
        document = self._documents[entry["subscription_id"]]
        account = self._accounts.setdefault(entry["subscription_id"], Account())
        nominal = self._nominal(document, entry)
        booked = _booked(entry, document, nominal)
        self._faults += _misplaced(entry, booked)
        if entry["kind"] == "charge" or entry["reason"] == LICENSES_REMOVED:
            self._faults += _mispriced(entry, booked, before)
        if entry["reason"] == START:
            self._start(entry)
        if entry["kind"] == "credit" and entry["reason"].startswith(OF_SWITCH):
            self._returned += entry["amount_minor_units"]
            account.given_back.append(entry | {"nominal_end": nominal.end})
        else:
            account.booked.append(booked)
        if entry["kind"] == "credit" and entry["reason"] == OF_CANCELLATION:
            # What is left after it is nothing: a later charge or credit of the period counts from there.
            self._returned += entry["amount_minor_units"]
            if not entry["amount_minor_units"] and document["contract_type"] != USUAL_CONTRACT:
                account.lost.add(nominal.end)
        paid = sum(each.amount for each in account.booked if each.nominal.end == nominal.end)
        back = [one["amount_minor_units"] for one in account.given_back if one["nominal_end"] == nominal.end]
        if entry["kind"] == "credit" and sum(back) > paid:
            self._faults.append(f"{_named(entry)} gives back more than was paid")

    def _start(self, entry: dict[str, Any]) -> None:
        self._started += entry["amount_minor_units"]
        open_credits = (
            each["entry_id"]
            for account in self._accounts.values()
            for each in account.given_back
            if each["entry_id"] not in self._first_charges
        )
        self._first_charges |= dict.fromkeys(open_credits, entry["amount_minor_units"])

    def _read_invoice(self, entry: dict[str, Any]) -> None:
        net = sum(line["amount_minor_units"] for line in entry["lines"])
        self._invoiced += net
        tax = _rounded(net * Fraction(self._profile["tax_rate"]))
        if entry["tax_minor_units"] != tax:
            self._faults.append(f"{_named(entry)} has {entry['tax_minor_units']} of tax, and {tax} is due")

    def _nominal(self, document: dict[str, Any], entry: dict[str, Any]) -> Nominal:
        """Return the whole period of an entry; the order or the first charge shows its billing day."""
        first, end = (date.fromisoformat(entry[name]) for name in ("from_on", "to_on"))
        months, group = MONTHS[document["billing_cycle"]], self._group_of(document)
        if group not in self._billing_days:
            whole = Nominal(end=end, months=months, billing_day=max(first.day, end.day))
            is_whole = whole.start == first and whole.is_on_billing_day
            stated = (document["billing"] or {}).get("billing_day")
            by_days = whole.billing_day if is_whole else stated or end.day
            self._billing_days[group] = self._co_terms.get(end, by_days)
        return Nominal(end=end, months=months, billing_day=self._billing_days[group])

    def _wrong_returns(self) -> Iterator[str]:
        """Compare what each switch gave back with what was paid and not used."""
        for subscription_id, account in self._accounts.items():
            for entry in account.given_back:
                day = date.fromisoformat(entry["from_on"])
                rests = set(account.rests(day, entry["nominal_end"]).values())
                amount = entry["amount_minor_units"]
                is_prepaid = _is_prepaid(self._documents[subscription_id])
                charge = self._first_charges.get(entry["entry_id"], 0)
                if amount in rests or (
                    is_prepaid and (not amount or any(min(rest, charge) <= amount <= rest for rest in rests))
                ):
                    continue
                yield f"{_named(entry)} is not what is left of the period: {_either(rests)}"

    def _not_returned(self) -> Iterator[str]:
        """Tell of subscriptions that ended inside a paid period of which nothing was given back."""
        for subscription_id, account in self._accounts.items():
            document = self._documents[subscription_id]
            billing = document["billing"] or {}
            if document["status"] not in {"deleted", "suspended"} or billing.get("state") != "stopped":
                continue
            end, day = _period_end(document), date.fromisoformat(billing["stopped_on"])
            is_settled = end in account.lost or any(each["nominal_end"] == end for each in account.given_back)
            if end is None or is_settled:
                continue
            rests = set(account.rests(day, end).values())
            if 0 not in rests:
                yield f"{_either(rests)} of {document['plan_name']} from {day} on was never given back"

    def _not_billed(self) -> Iterator[str]:
        """Tell of add-ons that were carried over and are not billed, although those before them were."""
        for document in self._documents.values():
            parent = self._documents.get(document["parent_subscription_id"])
            if document["role"] != ADDON or document["billing"] is not None or document["status"] != "active":
                continue
            was_billed = any(
                (one["plan_id"], one["role"]) == (document["plan_id"], SIDE) and one["billing"] is not None
                for one in self._documents.values()
            )
            if was_billed and parent is not None and parent["billing"] is not None:
                yield f"{document['plan_name']} was carried over and is not billed"

    def _sums(self) -> Iterator[str]:
        """Compare the lines of all invoices with what the ledger charged and gave back for switches."""
        due = self._started - self._returned
        if self._invoiced != due:
            yield f"the invoices come to {self._invoiced}, the ledger to {due}"


def _booked(entry: dict[str, Any], document: dict[str, Any], nominal: Nominal) -> Booked:
    is_charge = entry["kind"] == "charge"
    return Booked(
        first=date.fromisoformat(entry["from_on"]),
        end=date.fromisoformat(entry["to_on"]),
        amount=entry["amount_minor_units"] * (1 if is_charge else -1),
        # Journals of before tell no licenses: a charge was for all of them.
        licenses=entry.get("quantity", document["quantity"] if is_charge else 0),
        price=document["unit_price_minor_units"],
        nominal=nominal,
    )


def _misplaced(entry: dict[str, Any], booked: Booked) -> Iterator[str]:
    """Tell of days that are not inside of one period between two billing days."""
    if not booked.nominal.is_on_billing_day and (entry["kind"] == "charge" or booked.licenses):
        yield f"{_named(entry)} ends on no billing day, which is {booked.nominal.billing_day}"
    if booked.first < booked.nominal.start and entry["kind"] == "charge":
        yield f"{_named(entry)} is for more than one period"


def _mispriced(entry: dict[str, Any], booked: Booked, before: dict[str, Any] | None) -> Iterator[str]:
    """Tell of an amount that is not the price of its licenses for its days."""
    ways = booked.nominal.shares(booked.first, booked.end)
    if entry["reason"] in {LICENSES_ADDED, LICENSES_REMOVED}:
        ways = {"per_day": ways["per_day"]}
    right = {_rounded(booked.price * booked.licenses * share) for share in ways.values()}
    if booked.amount not in right:
        yield f"{_named(entry)} is not the price of its days: {_either(right)}"
    if entry["reason"] == START and before is not None:
        ordered = before["unit_price_minor_units"]
        if booked.price > ordered:
            yield f"{_named(entry)} is by a price of {booked.price}, and it was ordered for {ordered}"


def _unbooked(before: dict[str, Any] | None, after: dict[str, Any]) -> Iterator[str]:
    """Tell of licenses that came or went inside a paid period, and nothing was booked."""
    is_billed = after["billing"] is not None and after["billing"]["state"] == "billing"
    if before is not None and is_billed and before["quantity"] != after["quantity"]:
        change = after["quantity"] - before["quantity"]
        yield f"{change:+d} licenses of {after['plan_name']} were not booked"


def _is_prepaid(document: dict[str, Any]) -> bool:
    return bool(document["billing_cycle"] == PREPAID_CYCLE or document["contract_type"] != USUAL_CONTRACT)


def _period_end(document: dict[str, Any]) -> date | None:
    billing = document["billing"]
    return date.fromisoformat(billing["period_end_on"]) if billing else None


def _rounded(exact: Fraction) -> int:
    """Round to whole minor units, halves away from zero."""
    whole = int(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def _named(entry: dict[str, Any]) -> str:
    days = f" for {entry['from_on']} to {entry['to_on']}" if "from_on" in entry else ""
    return f"{entry['kind']} {entry['amount_minor_units']}{days} ({entry.get('reason', 'switch')})"


def _either(amounts: set[int]) -> str:
    return " or ".join(str(each) for each in sorted(amounts))
