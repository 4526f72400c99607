"""The vendor's adapters and our reference adapters, against the sandbox over real HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from domain.ports.cloud import ProviderCall
from providers.factory import cloud_factory
from tests.support.clouds.cloud_server import SERVICE, SOURCE_PLAN, TARGET_PLAN, SandboxCloud
from tests.support.clouds.port_cloud import Connection, Customer

#: Operation -> method and beginning of the path; `{0}` is the organization.
_PATHS = {
    "subscribed_plans": "GET /v1.0/subscribedSkus",
    "change_licenses": "POST /v1.0/$batch",
    "change_group": "POST /v1.0/groups/",
    "subscriptions": "GET /v1/customers/{0}/subscriptions",
    "checkout": "POST /v1/customers/{0}/carts/",
    "void_order": "PATCH /v1/customers/{0}/orders/",
    "cancel_subscription": "PATCH /v1/customers/{0}/subscriptions/",
    "change_quantity": "PATCH /v1/customers/{0}/subscriptions/",
    "change_settings": "PATCH /v1/customers/{0}/subscriptions/",
    "stop_renewal": "PATCH /v1/customers/{0}/subscriptions/",
    "change_billed_to": "PUT /v1/customers/{0}/profiles/",
    "profile": "GET /billing/v1/",
    "stop_billing": "POST /billing/v1/",
    "credit": "POST /billing/v1/",
    "start_billing": "POST /billing/v1/",
    "invoice": "POST /billing/v1/",
    "decide_credit_check": "POST /credit/v1/",
    "send_notice": "POST /notices/v1/",
}


class MicrosoftPortCloud:
    """A cloud of the vendor."""

    source_plan = SOURCE_PLAN
    target_plan = TARGET_PLAN
    optional_service: str | None = SERVICE

    def __init__(self, sandbox: SandboxCloud, seeds: count[int]) -> None:
        self._sandbox = sandbox
        self._seeds = seeds
        build, self.close = cloud_factory(sandbox.url)
        announced: list[str] = []
        calls: list[ProviderCall] = []
        self.connection = Connection(
            cloud=build(calls.append, announced.append), announced=announced, calls=calls
        )

    def customer(self, *, users: int = 3, licenses: int = 10, by_group: int = 0) -> Customer:
        """Make an organization under terms that can be cancelled and renew by themselves."""
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
        made = self._sandbox.make(
            {
                "seed": next(self._seeds),
                "users": users,
                "plan_id": SOURCE_PLAN,
                "period_start_on": yesterday.isoformat(),
                "options": {
                    "quantity": licenses,
                    "group_licensed": by_group,
                    "terms": "new_commerce",
                    "has_side_products": False,
                },
            }
        )
        return Customer(
            organization_id=made["organization_id"],
            subscription_id=made["subscription_id"],
            licenses=made["quantity"],
            period_end_on=date.fromisoformat(made["period_end_on"]),
        )

    def plan_fault(self, customer: Customer, operation: str, kind: str) -> None:
        """Plant a fault for the next request of an operation."""
        self._sandbox.fault(_PATHS[operation].format(customer.organization_id), kind)

    def delete_user(self, customer: Customer, directory_id: str) -> None:
        """Delete a user by hand."""
        self._sandbox.edit(customer.organization_id, kind="delete_user", user_id=directory_id)

    def take_license(self, customer: Customer, directory_id: str) -> None:
        """Take the source plan from a user by hand."""
        self._sandbox.edit(
            customer.organization_id, kind="licenses", user_id=directory_id, add=[], remove=[SOURCE_PLAN]
        )

    def give_role(self, customer: Customer, directory_id: str, role: str) -> None:
        """Give a user a role by hand."""
        self._sandbox.edit(customer.organization_id, kind="roles", user_id=directory_id, roles=[role])

    def refuse_plans(self, customer: Customer, code: str, text: str) -> None:
        """Let the seller say no to every plan."""
        errors = [{"code": code, "description": text}]
        self._sandbox.edit(customer.organization_id, kind="verdict", errors=errors)

    def sell_elsewhere(self, customer: Customer, licenses: int) -> None:
        """Let another seller sell the source plan."""
        self._sandbox.edit(
            customer.organization_id,
            kind="purchase",
            plan_id=SOURCE_PLAN,
            quantity=licenses,
            is_sold_elsewhere=True,
        )

    def open_incident(self, customer: Customer) -> None:
        """Let mail fail."""
        self._sandbox.edit(
            customer.organization_id, kind="health", service="Exchange", status="serviceDegradation"
        )

    def deliver_invoice(self, customer: Customer, invoice_id: str) -> None:
        """Let the invoices of the organization reach it, and their credits arrive."""
        self._sandbox.edit(customer.organization_id, kind="invoice_delivery")
        self._sandbox.edit(customer.organization_id, kind="credit_settlement")

    def messages(self, customer: Customer) -> list[tuple[str, str]]:
        """Return notices and alarms."""
        notices, alarms = (self._listed(customer, kind) for kind in ("notices", "alarms"))
        return [
            *(("", each["subject"]) for each in notices),
            *((each["to"], each["subject"]) for each in alarms),
        ]

    def has_gap(self, customer: Customer) -> bool:
        """Ask the referee."""
        return bool(self._sandbox.verdict(customer.organization_id)["unlicensed_user_seconds"])

    def _listed(self, customer: Customer, kind: str) -> list[dict[str, str]]:
        answer = self._sandbox.control.get(
            f"/notices/v1/customers/{customer.organization_id}/{kind}",
            headers={"Authorization": f"Bearer sandbox-{customer.organization_id}"},
        )
        listed: list[dict[str, str]] = answer.raise_for_status().json()[kind]
        return listed
