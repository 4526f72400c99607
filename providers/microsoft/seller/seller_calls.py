"""Calls of a customer's resources at the vendor's seller, and its answers that only mean "later"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import (
    NotReadyYet,
    PlanSwitchError,
    ProviderRefused,
    UnknownOrganization,
    UnknownSubscription,
)
from domain.ports.refusals import Refusal
from providers.microsoft.lists import seller_rows
from providers.transport.answers import JsonObject
from providers.transport.http import CORRELATION, ProviderAnswer, ProviderHttp, ProviderRequest, segment

#: The seller's code for "come back later" -> seconds to wait (vendor#refusals).
WAITING_CODES = {
    "800014": 60.0,  # pending adjustment on the order
    "800060": 60.0,  # order in progress
    "800064": 5.0,  # cart processed by another request
    "800082": 60.0,  # subscription not ready
    "900278": 86_400.0,  # pending operation on this subscription
}
#: Header by which the seller knows an attempt that it has answered (vendor#carts-and-orders).
REQUEST_ID = "MS-RequestId"
#: The seller's interface as we know it; a call that names none is answered in the newest form.
CONTRACT, CONTRACT_VERSION = "MS-Contract-Version", "v1"
#: A new order is listed after up to 15 minutes; it is looked for this often.
ORDER_LISTED_SECONDS = 30.0


class OrderNotListed(NotReadyYet):
    """The seller has taken the order and does not list it yet."""

    def __init__(self, message: str, *, remedy: str = "", **details: Any) -> None:
        super().__init__(
            message,
            retry_after_seconds=ORDER_LISTED_SECONDS,
            remedy=remedy,
            awaited=Awaited(party=Party.SELLER, action="list the order", remedy=remedy),
            **details,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change of a subscription, and how to see that it is carried out."""

    operation: str
    fields: JsonObject
    is_done: Callable[[JsonObject], bool]


class SellerCalls:
    """Reads and changes of customers at one seller."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def get(
        self,
        organization_id: str,
        operation: str,
        path: str,
        *,
        unknown: type[PlanSwitchError] = UnknownOrganization,
    ) -> Any:
        """Return the body of one of a customer's resources."""
        return self.read(organization_id, operation, path, unknown=unknown).body

    def read(
        self, organization_id: str, operation: str, path: str, *, unknown: type[PlanSwitchError]
    ) -> ProviderAnswer:
        """Read a resource below the customer's; `unknown` is what a 404 means."""
        return self._send(organization_id, _reading(organization_id, operation, path, unknown))

    def listed(self, organization_id: str, operation: str, path: str) -> list[JsonObject]:
        """Return every item of one of a customer's collections, page by page."""
        request = _reading(organization_id, operation, path, UnknownOrganization)
        return seller_rows(
            lambda page: self._send(organization_id, page).body, self._http, organization_id, request
        )

    def change(
        self,
        organization_id: str,
        operation: str,
        path: str,
        key: str,
        body: JsonObject | None,
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        refused: Callable[[Any], Refusal | None] | None = None,
        refusals: Callable[[Any], tuple[Refusal, ...]] | None = None,
    ) -> ProviderAnswer:
        """Change one of a customer's resources.

        Args:
            organization_id: Directory id of the organization.
            operation: Name of the call in the record.
            path: Below the customer's.
            key: Idempotency key.
            body: JSON to send, or None.
            method: Of the request.
            headers: Beside those of every change, such as an etag.
            refused: Tells of a success whether it is a refusal all the same.
            refusals: Tells which parts of a success were refused.

        Raises:
            NotReadyYet: The seller asks to come back later.
        """
        request = ProviderRequest(
            operation=operation,
            method=method,
            path=_customer_path(organization_id, path),
            body=body,
            key=key,
            headers=tracing() | (headers or {}),
            attempt_header=REQUEST_ID,
            unknown=UnknownSubscription,
            refused=refused,
            refusals=refusals,
        )
        return self._send(organization_id, request)

    def _send(self, organization_id: str, request: ProviderRequest) -> ProviderAnswer:
        """Send one request; a code of the seller that only means "later" is none of its refusals."""
        try:
            return self._http.send(organization_id, request)
        except ProviderRefused as error:
            wait = WAITING_CODES.get(error.details["provider_code"])
            if wait is None:
                raise
            raise NotReadyYet(
                error.message, retry_after_seconds=wait, remedy="Wait, then try again.", **error.details
            ) from error


def _reading(
    organization_id: str, operation: str, path: str, unknown: type[PlanSwitchError]
) -> ProviderRequest:
    return ProviderRequest(
        operation=operation,
        method="GET",
        path=_customer_path(organization_id, path),
        headers=tracing(),
        unknown=unknown,
    )


def _customer_path(organization_id: str, path: str) -> str:
    return f"/customers/{segment(organization_id)}{path}"


def tracing() -> dict[str, str]:
    """Return the headers of every call: its id, by which the seller's support finds it, and the contract."""
    return {CORRELATION: str(uuid4()), CONTRACT: CONTRACT_VERSION}
