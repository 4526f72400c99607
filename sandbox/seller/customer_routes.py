"""The seller's customers: who they are, and which agreements they have accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import (
    HTTP_BAD_REQUEST,
    HTTP_CREATED,
    Refusal,
    bad,
    is_short_number,
    json_answer,
    json_body,
)
from sandbox.cloud.bearers import organization_of, partner_of
from sandbox.cloud.routes import Routes
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization
from sandbox.seller.parties import party_record
from sandbox.seller.seller_views import collection

#: Customers of a page, where none is asked for, and at most.
PAGE_SIZE_DEFAULT = PAGE_SIZE_MAX = 500
AGREEMENT_TYPE = "MicrosoftCustomerAgreement"
_AGREEMENT_TEMPLATE = "117a77b0-9360-443b-8795-c6dedc750cf9"
_CONTINUATION = "MS-ContinuationToken"
_CUSTOMER = "/v1/customers/{customer}"
_CONTACT = ("firstName", "lastName", "email")


class CustomerRoutes(Routes):
    """Handlers of the seller's customers."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/v1/customers", self.customers, methods=["GET"]),
            self._show(_CUSTOMER, self.customer),
            self._show(f"{_CUSTOMER}/agreements", self.agreements),
            Route(f"{_CUSTOMER}/agreements", self.confirm, methods=["POST"]),
        ]

    async def customers(self, request: Request) -> Response:
        """List the customers of the caller's partner, page by page."""
        is_customer = partner_of(self._sandbox, request)
        mine = [one for one in self._sandbox.organizations.values() if is_customer(one)]
        return json_answer(_page(request, sorted(mine, key=lambda one: one.organization_id)))

    def customer(self, organization: Organization, _request: Request) -> Json:
        """Show one customer with what the seller knows of it."""
        view = _customer_view(organization)
        return view | {"billingProfile": party_record(organization, "billing")}

    def agreements(self, organization: Organization, request: Request) -> Json:
        """List the agreements of a type that the customer has accepted."""
        wanted = request.query_params.get("agreementType", "MicrosoftCloudAgreement")
        accepted = organization.agreements
        kept = [_accepted_long_ago(organization)] if accepted is None else accepted
        return collection([each for each in kept if each["type"] == wanted])

    async def confirm(self, request: Request) -> Response:
        """Record that the customer has accepted the agreement.

        Raises:
            Refusal: It lacks what it needs, or is there already (400, 600061).
        """
        organization = organization_of(self._sandbox, request)
        body = await json_body(request)
        contact = body.get("primaryContact")
        if not isinstance(contact, dict) or not all(_is_text(contact.get(name)) for name in _CONTACT):
            raise bad("2000", f"An agreement needs primaryContact with {', '.join(_CONTACT)}.")
        if body.get("type") != AGREEMENT_TYPE or not _is_text(body.get("dateAgreed")):
            raise bad("2000", f"An agreement needs type {AGREEMENT_TYPE} and dateAgreed.")
        view = agreement_view({name: contact[name] for name in _CONTACT}, body["dateAgreed"])
        same = [each["primaryContact"] == view["primaryContact"] for each in organization.agreements or ()]
        if any(same):
            raise Refusal(HTTP_BAD_REQUEST, "600061", "An agreement with the same details already exists.")
        edit = {"kind": "agreement", "view": view}
        self._sandbox.commit("edit", organization_id=organization.organization_id, actor="app", edit=edit)
        return json_answer(view, HTTP_CREATED)


def agreement_view(contact: Json, agreed_at: str) -> Json:
    """Return an agreement as the seller shows it."""
    return {
        "primaryContact": contact,
        "templateId": _AGREEMENT_TEMPLATE,
        "dateAgreed": agreed_at,
        "type": AGREEMENT_TYPE,
        "agreementLink": "https://aka.ms/customeragreement",
    }


def _accepted_long_ago(organization: Organization) -> Json:
    """Return the agreement of a customer of whom nobody has said anything else."""
    first = next(iter(organization.subscriptions.values()))
    contact = {"firstName": "First", "lastName": "Customer", "email": "first@customer.example"}
    return agreement_view(contact, iso(first.created_at))


def _customer_view(organization: Organization) -> Json:
    name = next(iter(organization.principal_names), "")
    profile = {
        "tenantId": organization.organization_id,
        "domain": name.rpartition("@")[2],
        "companyName": organization.profile["display_name"],
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }
    return {
        "id": organization.organization_id,
        "companyProfile": profile,
        "relationshipToPartner": "none" if organization.partner_tenant_id == "" else "reseller",
        "links": {"self": _link(f"/customers/{organization.organization_id}")},
        "attributes": {"objectType": "Customer"},
    }


def _page(request: Request, customers: Sequence[Organization]) -> Json:
    """Return a page of customers, and where the next one is; a page continues behind a customer's id."""
    text = request.query_params.get("size", str(PAGE_SIZE_DEFAULT))
    if not is_short_number(text) or not 1 <= int(text) <= PAGE_SIZE_MAX:
        raise bad("2000", f"size must be a number from 1 to {PAGE_SIZE_MAX}.")
    after = request.headers.get(_CONTINUATION, "")
    rest = [one for one in customers if one.organization_id > after]
    shown = rest[: int(text)]
    links = {"self": _link(f"/customers?size={text}")}
    if len(rest) > len(shown):
        token = {"key": _CONTINUATION, "value": shown[-1].organization_id}
        links["next"] = _link(f"/customers?size={text}&seekOperation=Next") | {"headers": [token]}
    return collection([_customer_view(one) for one in shown]) | {
        "totalCount": len(customers),
        "links": links,
    }


def _link(uri: str) -> Json:
    return {"uri": uri, "method": "GET", "headers": []}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
