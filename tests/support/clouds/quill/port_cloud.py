"""Quill's adapters as tests of the ports use them."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import Purchase, SellerRefusal
from tests.support.clouds.port_cloud import Connection, Customer
from tests.support.clouds.quill.billing import delivered
from tests.support.clouds.quill.cloud import QuillCloud
from tests.support.clouds.quill.seller import UNKNOWN_REASON
from tests.support.clouds.quill.state import BUSINESS, STARTER, Team
from tests.support.clouds.quill.state import Customer as QuillCustomer


class QuillPortCloud:
    """A cloud of Quill."""

    source_plan = STARTER
    target_plan = BUSINESS
    optional_service: str | None = None

    def __init__(self) -> None:
        self._quill = QuillCloud()
        announced: list[str] = []
        calls: list[ProviderCall] = []
        self.connection = Connection(
            cloud=self._quill.connect(calls.append, announced.append), announced=announced, calls=calls
        )

    def customer(self, *, users: int = 3, licenses: int = 10, by_group: int = 0) -> Customer:
        """Make a customer; the first people are in a team."""
        made, edition = self._quill.customer(people=users, units=licenses)
        if by_group:
            team = Team(team_id="team-1", members=set(sorted(made.people)[:by_group]), plans={STARTER})
            made.teams[team.team_id] = team
            for person_id in team.members:
                made.change(made.people[person_id], add={(STARTER, team.team_id)}, remove={(STARTER, None)})
        return Customer(
            organization_id=made.customer_id,
            subscription_id=edition.edition_id,
            licenses=edition.units,
            period_end_on=edition.ends_on,
        )

    def plan_fault(self, customer: Customer, operation: str, kind: str) -> None:
        """Plan what becomes of the next call of an operation."""
        self._quill.state.faults.append((operation, kind))

    def delete_user(self, customer: Customer, directory_id: str) -> None:
        """Delete a person."""
        del self._of(customer).people[directory_id]

    def take_license(self, customer: Customer, directory_id: str) -> None:
        """Take the source plan from a person."""
        made = self._of(customer)
        made.change(made.people[directory_id], add=set(), remove={(STARTER, None)})

    def give_role(self, customer: Customer, directory_id: str, role: str) -> None:
        """Give a person a role."""
        self._of(customer).people[directory_id].roles = (role,)

    def refuse_plans(self, customer: Customer, code: str, text: str) -> None:
        """Let Quill say no to every plan."""
        self._of(customer).refusals = (SellerRefusal(reason=UNKNOWN_REASON, code=code, text=text),)

    def sell_elsewhere(self, customer: Customer, licenses: int) -> None:
        """Let somebody else sell the source plan."""
        self._of(customer).sold_elsewhere.append(
            Purchase(
                subscription_id="elsewhere-1",
                plan_id=STARTER,
                plan_name=STARTER,
                quantity=licenses,
                status="active",
                vendor_status="on",
                is_trial=False,
                created_at=datetime.now(UTC),
            )
        )

    def open_incident(self, customer: Customer) -> None:
        """Let mail fail."""
        self._of(customer).incidents.add("Quill Mail")

    def deliver_invoice(self, customer: Customer, invoice_id: str) -> None:
        """Let an invoice arrive."""
        invoices = self._of(customer).invoices
        invoices[invoice_id] = delivered(invoices[invoice_id], customer.period_end_on)

    def messages(self, customer: Customer) -> list[tuple[str, str]]:
        """Return every message."""
        return list(self._of(customer).messages)

    def has_gap(self, customer: Customer) -> bool:
        """Look into the journal."""
        return bool(self._of(customer).gaps())

    def _of(self, customer: Customer) -> QuillCustomer:
        return self._quill.state.customers[customer.organization_id]
