"""The referee's book of orders, days and money."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.kernel.calendar_days import local_day
from sandbox.kernel.clock import parse_instant
from sandbox.kernel.journal import GOODWILL, LICENSES_ADDED, LICENSES_REMOVED, Record
from sandbox.referee.referee_money import MoneyBook
from sandbox.referee.referee_users import UserBook

#: Group of the subscription that a switch leaves and all that were ordered since.
MAIN = "main"
#: Roles of subscriptions that stand beside a plan; an add-on was ordered to follow one that was there.
SIDE, ADDON = "side", "addon"
BESIDE = frozenset({SIDE, ADDON})


@dataclass(kw_only=True, slots=True)
class DayBook:
    """Charges and credits of one subscription, day by day."""

    charged: Counter[date] = field(default_factory=Counter)
    credited: Counter[date] = field(default_factory=Counter)
    #: First day on which it is not billed, where its billing was stopped and does not go on.
    stopped_on: date | None = None
    #: From that day on the subscription only waits for its term's end: it was past its cancellation window
    #: when its renewal was stopped, so that its seller bills it beside another plan.
    ends_from: date | None = None
    #: From that day on it was billed no more although it served on: its stop was booked before it was
    #: cancelled, and not taken back since (`resume`), or it expired and is in its grace.
    free_from: date | None = None
    #: From that day on its charges are settled: it was stopped, and nothing was left to give back.
    settled_from: date | None = None
    #: Day of its cancellation, or end of its grace: what is not billed from then on is nobody's gift.
    free_until: date = date.max

    def add(self, entry: dict[str, Any]) -> None:
        """Take in a charge or a credit for its half-open days."""
        book = self.charged if entry["kind"] == "charge" else self.credited
        day, end = date.fromisoformat(entry["from_on"]), date.fromisoformat(entry["to_on"])
        book.update(day + timedelta(days=number) for number in range((end - day).days))

    def net(self, day: date) -> int:
        """Return how many charges cover a day that no credit took back and no stop settled."""
        if self.settled_from is not None and day >= self.settled_from:
            return 0
        return max(0, self.charged[day] - self.credited[day])

    def is_free(self, day: date) -> bool:
        """Return whether nobody is to pay for a day: billing was stopped while the subscription served."""
        return self.free_from is not None and self.free_from <= day < self.free_until

    def is_ending(self, day: date) -> bool:
        """Return whether a charge of the day is an overlap that nobody could cancel, and no double charge."""
        return self.ends_from is not None and day >= self.ends_from


@dataclass(frozen=True, kw_only=True, slots=True)
class Reduction:
    """Licenses of a subscription that its seller took back."""

    subscription_id: str
    on: date
    #: Each license that was left served a user who held the plan then: nobody is paid for twice.
    is_to_who_stays: bool
    #: It had as many licenses as the plan beside which it stands.
    is_with_its_plan: bool
    #: Plans that had users then.
    plans_held: frozenset[str]


class CommerceBook:
    """Orders, subscriptions and the ledger of one organization."""

    def __init__(self, profile: dict[str, Any]) -> None:
        self._zone = ZoneInfo(profile["time_zone"])
        self._money = MoneyBook(profile, _group_of)
        self._subscriptions: dict[str, dict[str, Any]] = {}
        self._orders: dict[str, dict[str, Any]] = {}
        self._days: dict[str, DayBook] = {}
        self._invoices: Counter[str] = Counter()
        #: Id of a charge -> its subscription; and whose charges each invoiced matter has.
        self._charges: dict[str, str] = {}
        self._invoiced: dict[str, set[str]] = {}
        self._cancelled: set[str] = set()
        self._reductions: list[Reduction] = []

    def read(self, record: Record, users: UserBook) -> None:
        """Take in one record; `users` are as they stood before it."""
        self._money.read(record)
        for document in record.get("subscriptions", ()):
            self._subscriptions[document["subscription_id"]] = document
        if record["type"] == "edit" and "document" in record["edit"]:
            self._read_edit(record["edit"], record["at"], users)
        for order in record.get("orders", ()):
            self._orders[order["id"]] = order
        for entry in record.get("entries", ()):
            self._read_entry(entry)
            self._read_reduction(entry, users)
        self._read_state(record)

    def _read_edit(self, edit: dict[str, Any], at: str, users: UserBook) -> None:
        """Take in what somebody did to a subscription by hand."""
        document = edit["document"]
        self._subscriptions[document["subscription_id"]] = document
        self._read_renewal(document, at)
        for entry in edit.get("entries", ()):
            self._read_entry(entry)
            self._read_reduction(entry, users)

    def _read_state(self, record: Record) -> None:
        """Note when a subscription was cancelled, changed or ended by itself."""
        if record["type"] == "subscription_cancelled":
            self._read_cancellation(record)
        elif record["type"] == "subscription_changed":
            self._read_renewal(self._subscriptions[record["subscription_id"]], record["at"])
        elif record["type"] == "subscription_expired":
            self._read_end(self._subscriptions[record["subscription_id"]])

    def _read_renewal(self, document: dict[str, Any], at: str) -> None:
        """Note since when a subscription that can't be cancelled any more is not renewed either."""
        until, cancelled_at = document["cancellable_until"], parse_instant(at)
        is_late = until is not None and cancelled_at > parse_instant(until)
        book = self._days.setdefault(document["subscription_id"], DayBook())
        if document["is_auto_renewed"] or not is_late:
            book.ends_from = None
        elif book.ends_from is None:
            book.ends_from = local_day(cancelled_at, self._zone)

    def _read_end(self, document: dict[str, Any]) -> None:
        """Note that nobody pays for the grace in which an expired subscription serves on."""
        book = self._days.setdefault(document["subscription_id"], DayBook())
        book.free_from = date.fromisoformat(document["billing"]["period_end_on"])
        if document["grace_ends_at"] is not None:
            book.free_until = local_day(parse_instant(document["grace_ends_at"]), self._zone)

    def _read_entry(self, entry: dict[str, Any]) -> None:
        if entry.get("reason") in {LICENSES_ADDED, LICENSES_REMOVED, GOODWILL}:
            # They cover days of the period beside its own charge, and take none of them back.
            return
        if entry["kind"] == "charge":
            self._charges[entry["entry_id"]] = entry["subscription_id"]
        if entry["kind"] in {"charge", "credit"}:
            self._days.setdefault(entry["subscription_id"], DayBook()).add(entry)
        elif entry["kind"] in {"stop", "resume"}:
            self._read_stop(entry)
        elif entry["kind"] == "invoice":
            identity = [entry["switch_id"], entry["amount_minor_units"], entry["lines"]]
            self._invoices[json.dumps(identity, sort_keys=True)] += 1
            named = {self._charges.get(line.get("reference_id") or "") for line in entry["lines"]}
            self._invoiced.setdefault(entry["switch_id"], set()).update(each for each in named if each)

    def _read_reduction(self, entry: dict[str, Any], users: UserBook) -> None:
        """Note that licenses were given back, and whom those that are left served then."""
        if entry.get("reason") != LICENSES_REMOVED:
            return
        left = self._subscriptions[entry["subscription_id"]]
        plan = self._subscriptions.get(left["parent_subscription_id"])
        self._reductions.append(
            Reduction(
                subscription_id=left["subscription_id"],
                on=date.fromisoformat(entry["from_on"]),
                is_to_who_stays=0 < left["quantity"] <= users.holders(left["plan_id"]),
                is_with_its_plan=plan is not None and left["quantity"] == plan["quantity"],
                plans_held=frozenset(each for each in self._main_plans() if users.holders(each)),
            )
        )

    def _read_cancellation(self, record: Record) -> None:
        if record["subscription_id"] not in self._cancelled:
            book = self._days.setdefault(record["subscription_id"], DayBook())
            book.free_until = local_day(parse_instant(record["at"]), self._zone)
        self._cancelled.add(record["subscription_id"])

    def _read_stop(self, entry: dict[str, Any]) -> None:
        """Note since when a subscription that serves is not billed; a resume takes all of it back."""
        day = date.fromisoformat(entry["effective_on"]) if entry["kind"] == "stop" else None
        self._days.setdefault(entry["subscription_id"], DayBook()).stopped_on = day
        if entry["subscription_id"] in self._cancelled:
            return
        book = self._days.setdefault(entry["subscription_id"], DayBook())
        is_stop = entry["kind"] == "stop"
        book.free_from = date.fromisoformat(entry["effective_on"]) if is_stop else None

    def verdict(self, now: datetime, users: UserBook) -> dict[str, Any]:
        """Return the figures up to `now`."""
        splits = self._splits()
        groups, wrong = self._groups(), self._money.faults()
        return {
            "wrong_amounts": len(wrong),
            "wrong_amount_texts": wrong,
            "double_charges": sum(
                _double_days(books, allowed=self._chains(name), splits=splits.get(name, ()))
                for name, books in groups.items()
            )
            + sum(count - 1 for count in self._invoices.values())
            + sum(self._bought_again(owned) for owned in self._invoiced.values()),
            "unbilled_days": self._unbilled_days(groups.get(MAIN, []), now, users)
            + sum(self._unbilled_addon_days(name, books, now) for name, books in groups.items()),
            "orphan_orders": self._orphan_orders(users)
            + self._billing_while_cancelled(now)
            + self._stopped_for_nothing(),
            "overlap_days": sum(_overlap_days(books) for books in groups.values()),
            "orders": len(self._orders),
            "cancellations": len(self._cancelled),
        }

    def _groups(self) -> dict[str, list[DayBook]]:
        """Return the day books that must not cover a day twice: those beside the plan by their own plan."""
        groups: dict[str, list[DayBook]] = {}
        for subscription_id, book in self._days.items():
            document = self._subscriptions[subscription_id]
            billing = document["billing"] or {}
            stopped_on = date.fromisoformat(billing["stopped_on"]) if "stopped_on" in billing else None
            is_used_up = stopped_on is not None and self._money.is_used_up(subscription_id, stopped_on)
            book.settled_from = stopped_on if is_used_up else None
            groups.setdefault(_group_of(document), []).append(book)
        return groups

    def _splits(self) -> dict[str, list[date]]:
        """Return group -> days from which on one subscription more is billed in it than before.

        Some users have gone to another plan, whose first billed day it is, and the old one has a license
        left for each of the others. An add-on with one for each of them is reduced with its plan.
        """
        plans = {(each.subscription_id, each.on): MAIN for each in self._reductions if self._is_split(each)}
        addons = {
            (each.subscription_id, each.on): _group_of(self._subscriptions[each.subscription_id])
            for each in self._reductions
            if each.is_with_its_plan and (self._parent_of(each.subscription_id), each.on) in plans
        }
        splits: dict[str, list[date]] = {}
        for (_, on), group in (plans | addons).items():
            splits.setdefault(group, []).append(on)
        return splits

    def _parent_of(self, subscription_id: str) -> str:
        return str(self._subscriptions[subscription_id]["parent_subscription_id"])

    def _is_split(self, reduction: Reduction) -> bool:
        """Return whether users of the subscription had gone to another plan that began to be billed then."""
        left = self._subscriptions[reduction.subscription_id]
        has_begun = any(
            one["subscription_id"] != left["subscription_id"]
            and one["role"] not in BESIDE
            and one["plan_id"] in reduction.plans_held
            and self._first_day(one["subscription_id"]) == reduction.on
            for one in self._subscriptions.values()
        )
        return left["role"] not in BESIDE and reduction.is_to_who_stays and has_begun

    def _bought_again(self, owned: set[str]) -> int:
        """Count products of one plan beyond the first that one and the same purchase was charged for."""
        beside = (self._subscriptions[each] for each in owned)
        plans = Counter(each["plan_id"] for each in beside if each["role"] == SIDE)
        return sum(count - 1 for count in plans.values())

    def _first_day(self, subscription_id: str) -> date | None:
        book = self._days.get(subscription_id)
        return min(book.charged) if book and book.charged else None

    def _beside(self, plan_id: str, role: str) -> list[dict[str, Any]]:
        return [
            one for one in self._subscriptions.values() if (one["plan_id"], one["role"]) == (plan_id, role)
        ]

    def _chains(self, group: str) -> int:
        """Return how many subscriptions of a group may cover a day: each that was there has one successor."""
        return 1 if group == MAIN else max(1, len(self._beside(group, SIDE)))

    def _unbilled_addon_days(self, group: str, books: list[DayBook], now: datetime) -> int:
        """Count days without a charge of an add-on that was carried over from one plan to another."""
        if not any(one["billing"] is not None for one in self._beside(group, ADDON)):
            return 0
        charged = {day for book in books for day in book.charged}
        last = min(local_day(now, self._zone), max(charged))
        stops = [book.stopped_on for book in books if book.stopped_on is not None]
        if len(stops) == len(books):
            # The plan of a later switch includes it.
            last = min(last, max(stops) - timedelta(days=1))
        return sum(_is_unbilled(books, day) for day in _days(min(charged), last))

    def _unbilled_days(self, books: list[DayBook], now: datetime, users: UserBook) -> int:
        charged = {day for book in books for day in book.charged}
        if not charged:
            return 0
        first, last = min(charged), min(local_day(now, self._zone), max(charged))
        held = self._days_held(users, first, last)
        return sum(_is_unbilled(books, day) for day in held)

    def _main_plans(self) -> set[str]:
        return {one["plan_id"] for one in self._subscriptions.values() if one["role"] not in BESIDE}

    def _days_held(self, users: UserBook, first: date, last: date) -> set[date]:
        """Return the days from `first` to `last` on which anybody held a license of a main plan."""
        changes = sorted(
            change for plan_id in self._main_plans() for change in users.held_changes.get(plan_id, ())
        )
        days: set[date] = set()
        # The roster held its licenses before the sandbox met it: the first charge shows since when.
        count, since = 0, first
        for at, change in changes:
            was_held, count = count > 0, count + change
            if was_held and count <= 0:
                days |= _days(since, local_day(at, self._zone))
            elif not was_held and count > 0 and days:
                since = local_day(at, self._zone)
        if count > 0:
            days |= _days(since, last)
        return {day for day in days if first <= day <= last}

    def _orphan_orders(self, users: UserBook) -> int:
        """Count orders that were neither voided nor put to use."""
        orphans = 0
        for order in self._orders.values():
            owned = [one for one in self._subscriptions.values() if one["order_id"] == order["id"]]
            is_settled = order["status"] == "cancelled" or all(one["status"] != "active" for one in owned)
            orphans += not is_settled and not any(self._is_used(one, users) for one in owned)
        return orphans

    def _is_used(self, document: dict[str, Any], users: UserBook) -> bool:
        """Return whether a subscription bills, or has users for whom no other one of its plan bills."""
        if document["billing"] is not None:
            return True
        elsewhere = sum(
            one["quantity"]
            for one in self._subscriptions.values()
            if one["plan_id"] == document["plan_id"]
            and one["billing"] is not None
            and one["status"] == "active"
        )
        return bool(users.holders(document["plan_id"]) > elsewhere)

    def _stopped_for_nothing(self) -> int:
        """Count subscriptions that serve and are not billed although no order of another one is open.

        An order is open until what it has bought is billed: from then on the old plan is cancelled, or goes
        on for who stays.
        """
        stopped = [
            one
            for one in self._subscriptions.values()
            if one["status"] == "active" and one["billing"] and one["billing"]["state"] == "stopped"
        ]
        placed = {order["id"] for order in self._orders.values() if order["status"] != "cancelled"}
        billed = {one["order_id"] for one in self._subscriptions.values() if one["billing"] is not None}
        return sum(not placed - billed - {one["order_id"]} for one in stopped)

    def _billing_while_cancelled(self, now: datetime) -> int:
        today = local_day(now, self._zone).isoformat()
        return sum(
            one["status"] != "active"
            and one["billing"] is not None
            and one["billing"]["state"] == "billing"
            and today < one["billing"]["period_end_on"]
            for one in self._subscriptions.values()
        )


def _group_of(document: dict[str, Any]) -> str:
    """Return the group of a subscription: those beside the plan by their own plan."""
    return str(document["plan_id"]) if document["role"] in BESIDE else MAIN


def _is_unbilled(books: list[DayBook], day: date) -> bool:
    """Return whether somebody should have billed a day, and nobody did."""
    return not any(book.net(day) or book.is_free(day) for book in books)


def _double_days(books: list[DayBook], *, allowed: int, splits: Sequence[date]) -> int:
    """Count the charges of days beyond what one subscription, or several independent ones, may have.

    Args:
        books: Of one group.
        allowed: Subscriptions that may be billed for a day.
        splits: Days from which on it is one more.
    """
    days = {day for book in books for day in book.charged}
    return sum(_double(books, day, allowed + sum(on <= day for on in splits)) for day in days)


def _double(books: list[DayBook], day: date, allowed: int) -> int:
    """Count the charges of a day that repeat one of the same subscription, or are of one too many."""
    nets = [book.net(day) for book in books if not book.is_ending(day)]
    return sum(max(0, net - 1) for net in nets) + max(0, sum(map(bool, nets)) - allowed)


def _overlap_days(books: list[DayBook]) -> int:
    """Count the days that are billed for a subscription that only waits for its end, beside another one."""
    days = {day for book in books for day in book.charged}
    return sum(
        any(book.net(day) and book.is_ending(day) for book in books)
        and any(book.net(day) and not book.is_ending(day) for book in books)
        for day in days
    )


def _days(first: date, last: date) -> set[date]:
    """Return the days from `first` to `last`, both included."""
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}
