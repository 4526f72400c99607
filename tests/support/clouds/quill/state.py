"""What Quill keeps of its customers, and a journal of every license that changed hands."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from domain.kernel.money import Money
from domain.ports.billing_port import BookedLine, InvoiceStatus
from domain.ports.credit_port import CreditCheckState
from domain.ports.directory_port import DirectoryUser
from domain.ports.seller_port import Purchase, ScheduledChange, SellerRefusal

#: The plan with which customers begin, and the one above it.
STARTER = "quill-starter"
BUSINESS = "quill-business"
CURRENCY = "EUR"
#: Plan -> price of one license for one month, in minor units.
PRICES = {STARTER: 700, BUSINESS: 1_150}
TIME_ZONE = "Europe/Berlin"
NO_LICENSE_LEFT = "no_license_left"
SERVING, ENDED, VOID = "serving", "ended", "void"


class QuillRefusal(Exception):
    """Quill says no, in its own words."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text or reason.replace("_", " ").capitalize() + "."
        self.is_missing = reason.endswith("_missing")


@dataclass(kw_only=True)
class Person:
    """Somebody who works at a customer."""

    person_id: str
    #: Plan and the team that gives it; None: it is a license of their own.
    licenses: set[tuple[str, str | None]] = field(default_factory=set)
    #: Plan and team, where the team could not give it.
    lacking: set[tuple[str, str]] = field(default_factory=set)
    roles: tuple[str, ...] = ()

    @property
    def plans(self) -> frozenset[str]:
        """Return what the person can work with."""
        return frozenset(plan_id for plan_id, _ in self.licenses)


@dataclass(kw_only=True)
class Team:
    """People who get plans together."""

    team_id: str
    members: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Edition:
    """A contract as it stands on one plan: whenever the plan changes, the contract gets another id."""

    edition_id: str
    contract_id: str
    plan_id: str
    units: int
    order_id: str
    started_at: datetime
    ends_on: date
    #: serving, ended or void.
    status: str = SERVING
    ended_at: datetime | None = None
    #: How often it was changed.
    revision: int = 0
    is_renewed: bool = True
    scheduled: ScheduledChange | None = None
    nickname: str = ""
    #: The order names it only to whoever looks at the order again.
    is_named: bool = True
    check_id: str | None = None


@dataclass(kw_only=True)
class Account:
    """What is billed of one edition."""

    quantity: int
    unit_price: Money
    start_on: date
    end_on: date
    billing_day: int
    state: str = "billing"
    stopped_on: date | None = None
    lines: list[BookedLine] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What one person could work with after a change."""

    person_id: str
    plans: frozenset[str]


@dataclass(kw_only=True)
class Customer:
    """Everything of one customer."""

    customer_id: str
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    editions: dict[str, Edition] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    checks: dict[str, CreditCheckState] = field(default_factory=dict)
    invoices: dict[str, InvoiceStatus] = field(default_factory=dict)
    #: Ledger in the order of booking: kind, edition and amount in minor units.
    ledger: list[tuple[str, str, int]] = field(default_factory=list)
    #: Role -> field -> text, and how often it was changed.
    parties: dict[str, dict[str, str]] = field(default_factory=dict)
    party_changes: int = 0
    messages: list[tuple[str, str]] = field(default_factory=list)
    incidents: set[str] = field(default_factory=set)
    #: None: the seller agrees to every plan.
    refusals: tuple[SellerRefusal, ...] | None = None
    sold_elsewhere: list[Purchase] = field(default_factory=list)
    #: Operation and idempotency key -> what was wanted, and what was answered.
    answers: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)
    #: List -> what it shows: people as they were when somebody last read it from its beginning.
    lists: dict[str, tuple[DirectoryUser, ...]] = field(default_factory=dict)
    journal: list[Moment] = field(default_factory=list)

    def person(self, person_id: str) -> Person:
        """Return somebody who is there.

        Raises:
            QuillRefusal: Nobody is.
        """
        if person_id not in self.people:
            raise QuillRefusal("person_missing")
        return self.people[person_id]

    def team(self, team_id: str) -> Team:
        """Return a team.

        Raises:
            QuillRefusal: There is none of that id.
        """
        if team_id not in self.teams:
            raise QuillRefusal("team_missing")
        return self.teams[team_id]

    def edition(self, edition_id: str) -> Edition:
        """Return an edition, also one that is over.

        Raises:
            QuillRefusal: There is none of that id.
        """
        if edition_id not in self.editions:
            raise QuillRefusal("contract_missing")
        return self.editions[edition_id]

    def units(self, plan_id: str) -> int:
        """Return how many licenses of a plan are bought; in the middle of a change both plans have theirs."""
        return sum(
            each.units
            for each in self.editions.values()
            if each.plan_id == plan_id and each.status == SERVING
        )

    def holders(self, plan_id: str) -> tuple[str, ...]:
        """Return who holds a plan, as it is now."""
        return tuple(sorted(each.person_id for each in self.people.values() if plan_id in each.plans))

    def change(self, person: Person, *, add: set[tuple[str, str | None]], remove: set[Any]) -> None:
        """Give and take licenses in one stroke, and note it.

        Raises:
            QuillRefusal: No license is left; nothing was changed.
        """
        for plan_id, _ in add - person.licenses:
            if plan_id not in person.plans and len(self.holders(plan_id)) >= self.units(plan_id):
                raise QuillRefusal(NO_LICENSE_LEFT, f"All licenses of {plan_id} are taken.")
        person.licenses = (person.licenses | add) - remove
        self.journal.append(Moment(person_id=person.person_id, plans=person.plans))

    def end(self, edition: Edition, status: str, at: datetime) -> None:
        """End an edition; whoever still works with its plan can't from now on."""
        edition.status, edition.ended_at = status, at
        edition.revision += 1
        if self.units(edition.plan_id):
            return
        for person in self.people.values():
            if lost := {each for each in person.licenses if each[0] == edition.plan_id}:
                self.change(person, add=set(), remove=lost)

    def gaps(self) -> list[Moment]:
        """Return every moment at which somebody had no license any more."""
        return [each for each in self.journal if not each.plans]


class QuillState:
    """All customers; one call at a time looks at them or changes them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.customers: dict[str, Customer] = {}
        #: Operation and what becomes of its next call, in order.
        self.faults: list[tuple[str, str]] = []
        self._numbers = count(1)

    def new_id(self, kind: str) -> str:
        """Return an id that nothing else has."""
        return f"{kind}-{next(self._numbers):05}"

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)

    def customer(self, customer_id: str) -> Customer:
        """Return a customer.

        Raises:
            QuillRefusal: There is none of that id.
        """
        if customer_id not in self.customers:
            raise QuillRefusal("customer_missing")
        return self.customers[customer_id]

    def take_fault(self, operation: str) -> str:
        """Return what becomes of a call, "" when nothing was planned; a plan counts once."""
        planned = next((each for each in self.faults if each[0] == operation), None)
        if planned is None:
            return ""
        self.faults.remove(planned)
        return planned[1]
