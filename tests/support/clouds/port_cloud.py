"""What a test of a port needs of any cloud: organizations, and the hands of those who work beside us."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from domain.ports.cloud import Cloud, ProviderCall
from domain.ports.directory_port import DirectoryUser

#: What may become of the next call of an operation.
LOST_ANSWER, UNAVAILABLE, THROTTLED = "lost_answer", "unavailable", "throttled"
#: Readings of a list until it shows what is so: a vendor's lists may be behind.
READINGS_MAX = 5


@dataclass(frozen=True, kw_only=True)
class Customer:
    """An organization on the source plan."""

    organization_id: str
    #: The seller's id of what it has bought.
    subscription_id: str
    licenses: int
    #: First day after the paid period.
    period_end_on: date


@dataclass(kw_only=True)
class Connection:
    """Adapters of every port, and what they announced and reported."""

    cloud: Cloud
    announced: list[str] = field(default_factory=list)
    calls: list[ProviderCall] = field(default_factory=list)


class PortCloud(Protocol):
    """A cloud with the adapters under test."""

    #: The plan of new organizations, and the one that they switch to.
    source_plan: str
    target_plan: str
    #: A service of the target that can be switched off for one user; None where the vendor has no such.
    optional_service: str | None

    @property
    def connection(self) -> Connection:
        """Return the adapters under test."""

    def customer(self, *, users: int = 3, licenses: int = 10, by_group: int = 0) -> Customer:
        """Make an organization in a paid period, which can be cancelled.

        Args:
            users: Everybody who holds the source plan.
            licenses: Licenses that are bought.
            by_group: So many of the users hold the plan by one group.
        """

    def plan_fault(self, customer: Customer, operation: str, kind: str) -> None:
        """Let the next call of an operation go wrong."""

    def delete_user(self, customer: Customer, directory_id: str) -> None:
        """Delete a user by hand."""

    def take_license(self, customer: Customer, directory_id: str) -> None:
        """Take the source plan from a user by hand."""

    def give_role(self, customer: Customer, directory_id: str, role: str) -> None:
        """Give a user a role by hand."""

    def refuse_plans(self, customer: Customer, code: str, text: str) -> None:
        """Let the seller say no to every plan."""

    def sell_elsewhere(self, customer: Customer, licenses: int) -> None:
        """Let another seller sell the source plan."""

    def open_incident(self, customer: Customer) -> None:
        """Let a service fail."""

    def deliver_invoice(self, customer: Customer, invoice_id: str) -> None:
        """Let an invoice reach the organization, and its credit arrive."""

    def messages(self, customer: Customer) -> list[tuple[str, str]]:
        """Return whom each message was for, "" for the organization, and its subject."""

    def has_gap(self, customer: Customer) -> bool:
        """Tell whether somebody who worked was without any license at some instant."""


def holders(port_cloud: PortCloud, customer: Customer, plan_id: str) -> tuple[DirectoryUser, ...]:
    """Return who holds a plan, once two readings of the list agree."""
    before = _reading(port_cloud.connection.cloud, customer, plan_id)
    for _ in range(READINGS_MAX):
        now = _reading(port_cloud.connection.cloud, customer, plan_id)
        if now == before:
            return now
        before = now
    raise AssertionError("the list never came to rest")


def _reading(cloud: Cloud, customer: Customer, plan_id: str) -> tuple[DirectoryUser, ...]:
    users: list[DirectoryUser] = []
    cursor: str | None = None
    while True:
        page = cloud.directory.users_page(customer.organization_id, plan_id, cursor)
        users.extend(page.users)
        cursor = page.next_cursor
        if cursor is None:
            return tuple(users)
