"""Every port of Quill over one state, and customers to begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.kernel.money import Money
from domain.ports.billing_port import BookedLine
from domain.ports.cloud import (
    AnsweredAttempts,
    CallAnnouncer,
    CallObserver,
    Cloud,
    none_answered,
    unannounced,
)
from tests.support.clouds.quill.billing import QuillBilling
from tests.support.clouds.quill.credit import QuillCredit
from tests.support.clouds.quill.customers import QuillCustomers
from tests.support.clouds.quill.inquiries import QuillInquiries
from tests.support.clouds.quill.line import QuillLine
from tests.support.clouds.quill.notices import QuillNotices
from tests.support.clouds.quill.parties import QuillParties
from tests.support.clouds.quill.seller import QuillSeller
from tests.support.clouds.quill.state import (
    CURRENCY,
    PRICES,
    STARTER,
    TIME_ZONE,
    Account,
    Customer,
    Edition,
    Person,
    QuillState,
)
from tests.support.clouds.quill.teams import QuillTeams
from tests.support.clouds.quill.users import QuillDirectory, QuillHealth

PERIOD_DAYS = 30
#: Days of the period that are over when a customer is made.
DAYS_USED = 10


@dataclass(kw_only=True)
class QuillCloud:
    """A vendor of the tests."""

    state: QuillState = field(default_factory=QuillState)

    def connect(
        self,
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
    ) -> Cloud:
        """Return every port; this is a `CloudFactory`."""

        def line(provider: str) -> QuillLine:
            return QuillLine(state=self.state, provider=provider, observer=observer, announce=announce)

        seller, billing = QuillSeller(line("seller")), QuillBilling(line("billing"))
        return Cloud(
            directory=QuillDirectory(line("directory")),
            health=QuillHealth(line("health")),
            seller=seller,
            billing=billing,
            notices=QuillNotices(line("notices")),
            credit=QuillCredit(line("credit")),
            inquiries=QuillInquiries(line("directory")),
            parties=QuillParties(line("seller")),
            groups=QuillTeams(line("directory")),
            products=seller,
            payments=billing,
            customers=QuillCustomers(line("directory")),
        )

    def customer(self, *, people: int, units: int) -> tuple[Customer, Edition]:
        """Make a customer whose people work with the first plan, in the middle of a paid period."""
        customer = Customer(customer_id=self.state.new_id("customer"))
        today = self.state.now().astimezone(ZoneInfo(TIME_ZONE)).date()
        start_on = today - timedelta(days=DAYS_USED)
        edition = Edition(
            edition_id=self.state.new_id("contract"),
            contract_id=self.state.new_id("contract"),
            plan_id=STARTER,
            units=units,
            order_id=self.state.new_id("order"),
            started_at=datetime.combine(start_on, time(9), ZoneInfo(TIME_ZONE)),
            ends_on=start_on + timedelta(days=PERIOD_DAYS),
        )
        customer.editions[edition.edition_id] = edition
        customer.accounts[edition.edition_id] = _paid(edition, start_on)
        for _ in range(people):
            person = Person(person_id=self.state.new_id("person"))
            customer.people[person.person_id] = person
            customer.change(person, add={(STARTER, None)}, remove=set())
        self.state.customers[customer.customer_id] = customer
        return customer, edition


def _paid(edition: Edition, start_on: date) -> Account:
    price = Money(minor_units=PRICES[edition.plan_id], currency=CURRENCY)
    paid = price.times(edition.units)
    return Account(
        quantity=edition.units,
        unit_price=price,
        start_on=start_on,
        end_on=edition.ends_on,
        billing_day=start_on.day,
        lines=[BookedLine(amount=paid, from_on=start_on, to_on=edition.ends_on, quantity=edition.units)],
    )
