"""Billing's and notices' paths (docs/api/billing.yaml, docs/api/notices.yaml)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.routing import Route

from sandbox.billing.billing import (
    CreditBody,
    ResumeBody,
    StartBody,
    StopBody,
    billing_view,
    credit,
    find_billed,
    renew_due,
    resume,
    start,
    stop,
)
from sandbox.billing.invoices import (
    AlarmBody,
    InvoiceBody,
    NoticeBody,
    invoice_view,
    issue_invoice,
    send,
)
from sandbox.billing.payments import PaymentBody, pay, statement_view
from sandbox.billing.quantities import booked_view
from sandbox.cloud.answers import (
    HTTP_CREATED,
    HTTP_OK,
    Idempotency,
)
from sandbox.cloud.routes import Handler, Routes
from sandbox.cloud.state import Sandbox
from sandbox.kernel.bodies import Day, OpenBody, read_body
from sandbox.kernel.model import Json, Organization, Subscription

IDEMPOTENCY_KEY = "Idempotency-Key"
_CUSTOMER = "/billing/v1/customers/{customer}"
_Body = TypeVar("_Body", bound=OpenBody)
OnSubscription = Callable[[Sandbox, Organization, Subscription, _Body, Idempotency], Json]
OnCustomer = Callable[[Sandbox, Organization, _Body, Idempotency], Json]


class _Days(OpenBody):
    """A period of days, half-open."""

    from_on: Day
    to_on: Day


class BillingRoutes(Routes):
    """Handlers of billing and notices."""

    def routes(self) -> list[Route]:
        """Return the routes of billing and notices."""
        one = f"{_CUSTOMER}/subscriptions/{{subscription}}"
        notices = "/notices/v1/customers/{customer}/notices"
        alarms = "/notices/v1/customers/{customer}/alarms"
        return [
            self._show(_CUSTOMER, self.customer),
            self._show(f"{_CUSTOMER}/ledger", self.ledger),
            Route(f"{_CUSTOMER}/invoices", self._on_customer(InvoiceBody, issue_invoice), methods=["POST"]),
            self._show(f"{_CUSTOMER}/invoices", self.statement),
            self._show(f"{_CUSTOMER}/invoices/{{invoice}}", self.invoice),
            Route(f"{_CUSTOMER}/payments", self._on_customer(PaymentBody, pay), methods=["POST"]),
            self._show(one, self.subscription),
            self._show(f"{one}/lines", self.lines),
            Route(f"{one}/stop", self._on_subscription(StopBody, stop, HTTP_OK), methods=["POST"]),
            Route(f"{one}/resume", self._on_subscription(ResumeBody, resume, HTTP_OK), methods=["POST"]),
            Route(
                f"{one}/credits", self._on_subscription(CreditBody, credit, HTTP_CREATED), methods=["POST"]
            ),
            Route(f"{one}/start", self._on_subscription(StartBody, start, HTTP_CREATED), methods=["POST"]),
            Route(notices, self._on_customer(NoticeBody, send), methods=["POST"]),
            self._show(notices, self.notices),
            Route(alarms, self._on_customer(AlarmBody, send), methods=["POST"]),
            self._show(alarms, self.alarms),
        ]

    def customer(self, organization: Organization, _request: Request) -> Json:
        """Show the billing profile."""
        return {"organization_id": organization.organization_id} | organization.profile

    def ledger(self, organization: Organization, _request: Request) -> Json:
        """Show every entry of the ledger."""
        renew_due(self._sandbox, organization)
        return {"entries": organization.ledger}

    def subscription(self, organization: Organization, request: Request) -> Json:
        """Show the current billing period of a subscription."""
        renew_due(self._sandbox, organization)
        owned = find_billed(organization, request.path_params["subscription"])
        return billing_view(self._sandbox, organization, owned)

    def lines(self, organization: Organization, request: Request) -> Json:
        """Show what was booked for the days of a period."""
        renew_due(self._sandbox, organization)
        days = read_body(_Days, dict(request.query_params))
        subscription_id = request.path_params["subscription"]
        return booked_view(organization, subscription_id, from_on=days.from_on, to_on=days.to_on)

    def statement(self, organization: Organization, _request: Request) -> Json:
        """Show what is due, and the invoices."""
        return statement_view(self._sandbox, organization)

    def invoice(self, organization: Organization, request: Request) -> Json:
        """Show how far an invoice and its credit are."""
        return invoice_view(self._sandbox, organization, request.path_params["invoice"])

    def notices(self, organization: Organization, _request: Request) -> Json:
        """Show every notice that was sent."""
        return {"notices": organization.notices}

    def alarms(self, organization: Organization, _request: Request) -> Json:
        """Show every call to whoever runs the installation."""
        return {"alarms": organization.alarms}

    def _on_customer(self, model: type[_Body], effect: OnCustomer[_Body]) -> Handler:
        """Return a handler that has its effect once per idempotency key."""

        def on_customer(
            sandbox: Sandbox, organization: Organization, _request: Request, body: Json, key: Idempotency
        ) -> Json:
            return effect(sandbox, organization, read_body(model, body), key)

        return self._once(on_customer, HTTP_CREATED, IDEMPOTENCY_KEY, is_body_checked=True)

    def _on_subscription(self, model: type[_Body], effect: OnSubscription[_Body], status: int) -> Handler:
        """Return a handler that has its effect once per idempotency key, on one subscription."""

        def on_subscription(
            sandbox: Sandbox, organization: Organization, request: Request, body: Json, key: Idempotency
        ) -> Json:
            renew_due(sandbox, organization)
            owned = find_billed(organization, request.path_params["subscription"])
            return effect(sandbox, organization, owned, read_body(model, body), key)

        return self._once(on_subscription, status, IDEMPOTENCY_KEY, is_body_checked=True)
