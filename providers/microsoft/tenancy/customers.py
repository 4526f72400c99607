"""A partner's organizations at the vendor, and how the partner stands with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from domain.kernel.errors import UnknownOrganization
from domain.ports.customer_port import Customer
from providers.microsoft.lists import directory_rows, seller_rows
from providers.microsoft.seller.seller_calls import tracing
from providers.transport.answers import JsonObject, instant, understood
from providers.transport.http import ProviderHttp, ProviderRequest, segment

#: The most that the directory gives in one page of these lists.
_PAGE_SIZE = 300
#: The most customers that the seller gives in one page.
_CUSTOMERS_SIZE = 500
_RELATIONSHIPS = "/tenantRelationships/delegatedAdminRelationships"
_ADMINISTERED = "/tenantRelationships/delegatedAdminCustomers"
#: The agreement without which the seller takes no order (13605).
AGREEMENT = "MicrosoftCustomerAgreement"
#: Header by which the seller is asked whether its caller has a second factor, and the one that says it.
_ASKED, _COMPLIANCE = "ValidateMfa", "ismfacompliant"
_ACTIVE = frozenset({"active", "expiring"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Relationship:
    """What lets a partner's people act in a customer's directory (delegated administration)."""

    customer_id: str
    name: str
    #: The vendor's word.
    status: str
    #: None: it does not say.
    ends_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        """Return whether it is in force at an instant."""
        return self.status in _ACTIVE and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerSight:
    """Whether the seller shows a customer, and what it says of its caller."""

    subscriptions: int
    #: None: the seller does not say.
    has_second_factor: bool | None


class MicrosoftCustomers:
    """A partner's organizations, and its standing with each; nothing here changes anything."""

    def __init__(self, *, directory: ProviderHttp, seller: ProviderHttp) -> None:
        self._directory = directory
        self._seller = seller

    def own_name(self, organization_id: str) -> str:
        """Return the display name of an organization in its own directory."""
        query = urlencode({"$select": "id,displayName"}, safe="$,", quote_via=quote)
        request = ProviderRequest(operation="organization", method="GET", path="/organization", query=query)
        rows = directory_rows(self._directory, organization_id, request, lambda row: str(row["id"]))
        return next((str(each["displayName"]) for each in rows if each.get("displayName")), "")

    def administered(self, partner_id: str) -> tuple[Customer, ...]:
        """Return whom the partner has a relationship of delegated administration with."""
        request = ProviderRequest(
            operation="administered", method="GET", path=_ADMINISTERED, query=_page_query()
        )
        rows = self._rows(partner_id, request)
        with understood(self._directory.provider, request.operation):
            return tuple(
                Customer(
                    organization_id=str(each["tenantId"]).lower(), name=str(each.get("displayName") or "")
                )
                for each in rows
            )

    def sold_to(self, partner_id: str) -> tuple[Customer, ...]:
        """Return the seller's customers."""
        request = ProviderRequest(
            operation="customers",
            method="GET",
            path="/customers",
            query=urlencode({"size": _CUSTOMERS_SIZE}),
            headers=tracing(),
        )
        rows = seller_rows(
            lambda page: self._seller.send(partner_id, page).body, self._seller, partner_id, request
        )
        with understood(self._seller.provider, request.operation):
            return tuple(_customer_of(each) for each in rows)

    def relationships(self, partner_id: str, organization_id: str) -> tuple[Relationship, ...]:
        """Return the partner's relationships with one organization, those that have ended too."""
        request = ProviderRequest(
            operation="relationships", method="GET", path=_RELATIONSHIPS, query=_page_query()
        )
        rows = self._rows(partner_id, request)
        with understood(self._directory.provider, request.operation):
            read = (_relationship_of(each) for each in rows)
            return tuple(each for each in read if each.customer_id == organization_id.lower())

    def has_agreement(self, organization_id: str) -> bool:
        """Return whether the seller knows that the customer has accepted its agreement."""
        request = ProviderRequest(
            operation="agreements",
            method="GET",
            path=f"/customers/{segment(organization_id)}/agreements",
            query=urlencode({"agreementType": AGREEMENT}),
            headers=tracing(),
        )
        rows = seller_rows(
            lambda page: self._seller.send(organization_id, page).body, self._seller, organization_id, request
        )
        with understood(self._seller.provider, request.operation):
            return any(str(each.get("type") or AGREEMENT) == AGREEMENT for each in rows)

    def seller_sight(self, organization_id: str) -> SellerSight:
        """Ask the seller for a customer's subscriptions, and whether the caller has a second factor."""
        request = ProviderRequest(
            operation="subscriptions",
            method="GET",
            path=f"/customers/{segment(organization_id)}/subscriptions",
            headers=tracing() | {_ASKED: "true"},
            unknown=UnknownOrganization,
        )
        answer = self._seller.send(organization_id, request)
        headers = {name.lower(): str(value).lower() for name, value in answer.headers.items()}
        with understood(self._seller.provider, request.operation):
            return SellerSight(
                subscriptions=len(answer.body["items"]),
                has_second_factor=headers[_COMPLIANCE] == "true" if _COMPLIANCE in headers else None,
            )

    def _rows(self, partner_id: str, request: ProviderRequest) -> list[JsonObject]:
        return directory_rows(self._directory, partner_id, request, lambda row: str(row["id"]))


def _page_query() -> str:
    return urlencode({"$top": _PAGE_SIZE}, safe="$", quote_via=quote)


def _customer_of(row: JsonObject) -> Customer:
    company = row.get("companyProfile") or {}
    return Customer(
        organization_id=str(company.get("tenantId") or row["id"]).lower(),
        name=str(company.get("companyName") or ""),
    )


def _relationship_of(row: JsonObject) -> Relationship:
    ends_at, customer = row.get("endDateTime"), row.get("customer") or {}
    return Relationship(
        customer_id=str(customer.get("tenantId") or "").lower(),
        name=str(row.get("displayName") or ""),
        status=str(row["status"]),
        ends_at=instant(ends_at) if ends_at else None,
    )
