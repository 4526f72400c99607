"""What Quill says of a plan before it is ordered, what the directory lists, and who has which role."""

from __future__ import annotations

from domain.ports.seller_port import Caller, Purchase, SellerSubscription, SellerVerdict
from tests.support.clouds.quill.line import QuillLine
from tests.support.clouds.quill.state import PRICES, SERVING, Customer, Edition


class QuillInquiries:
    """Questions that change nothing."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def seller_verdicts(self, organization_id: str, source: SellerSubscription) -> tuple[SellerVerdict, ...]:
        """Return one verdict for each plan but the own one."""

        def read(customer: Customer) -> tuple[SellerVerdict, ...]:
            own = customer.edition(source.subscription_id).plan_id
            return tuple(
                SellerVerdict(
                    target_plan_id=plan_id,
                    is_eligible=customer.refusals is None,
                    refusals=customer.refusals or (),
                )
                for plan_id in PRICES
                if plan_id != own
            )

        return self._line.call("seller_upgrades", organization_id, read)

    def purchases(self, organization_id: str) -> tuple[Purchase, ...]:
        """Return every edition that serves, and what others have sold."""

        def read(customer: Customer) -> tuple[Purchase, ...]:
            serving = (each for each in customer.editions.values() if each.status == SERVING)
            return (*(_purchase_of(each) for each in serving), *customer.sold_elsewhere)

        return self._line.call("purchases", organization_id, read)

    def caller(self, organization_id: str) -> Caller | None:
        """Return None: Quill's keys tell nothing."""
        return None

    def roles(self, organization_id: str, user_id: str) -> tuple[str, ...]:
        """Return the roles of a person; somebody who is not there has none."""

        def read(customer: Customer) -> tuple[str, ...]:
            person = customer.people.get(user_id)
            return person.roles if person else ()

        return self._line.call("roles", organization_id, read)


def _purchase_of(edition: Edition) -> Purchase:
    return Purchase(
        subscription_id=edition.edition_id,
        plan_id=edition.plan_id,
        plan_name=edition.plan_id,
        quantity=edition.units,
        status="active",
        vendor_status="on",
        is_trial=False,
        created_at=edition.started_at,
    )
