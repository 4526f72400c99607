"""Sold-to and billed-to at the vendor's seller: the customer's company profile and billing profile.

The billing profile can be read and replaced under its etag. The vendor offers no change of the company
profile; the sandbox takes it as an extension, and a seller who does not is told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.kernel.errors import ConcurrentWrite, ProviderBusy, ProviderRefused, UnknownOrganization
from domain.ports.seller_port import BILLED_TO, SOLD_TO, Party
from providers.microsoft.seller.seller_calls import REQUEST_ID, tracing
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderHttp, ProviderRequest, segment

#: Role -> profile and the name of its address.
_PROFILES = {SOLD_TO: ("company", "address"), BILLED_TO: ("billing", "defaultAddress")}
#: Our field -> the vendor's, of the profile itself.
_NAMES = {
    "company_name": "companyName",
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
}
#: Our field -> the vendor's, of its address.
_ADDRESS_NAMES = {
    "phone_number": "phoneNumber",
    "address_line_1": "addressLine1",
    "address_line_2": "addressLine2",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
}
_NOT_OFFERED = frozenset({405, 501})


class MicrosoftParties:
    """Names and addresses of customers at the vendor's seller."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def party(self, organization_id: str, role: str) -> Party:
        """Return whom orders are sold or billed to."""
        return self._party_of(role, self._read(organization_id, role))

    def change_party(self, organization_id: str, role: str, changes: Mapping[str, str], *, key: str) -> Party:
        """Change some fields, and return the whole; what the vendor keeps beside them stays."""
        record = self._read(organization_id, role)
        with understood(self._http.provider, f"read_{role}"):
            etag = str(record["attributes"]["etag"])
        request = ProviderRequest(
            operation=f"change_{role}",
            method="PUT",
            path=_path(organization_id, role),
            body=_merged(record, role, changes),
            key=key,
            headers=tracing() | {"If-Match": f'"{etag}"'},
            attempt_header=REQUEST_ID,
            unknown=UnknownOrganization,
        )
        try:
            return self._party_of(role, self._http.send(organization_id, request).body)
        except (ProviderBusy, ProviderRefused) as error:
            raise _worded(error, role) from error

    def _read(self, organization_id: str, role: str) -> JsonObject:
        request = ProviderRequest(
            operation=f"read_{role}", method="GET", path=_path(organization_id, role), headers=tracing()
        )
        record: Any = self._http.send(organization_id, request).body
        return record if isinstance(record, dict) else {}

    def _party_of(self, role: str, record: JsonObject) -> Party:
        with understood(self._http.provider, f"read_{role}"):
            address = record.get(_PROFILES[role][1]) or {}
            named = {ours: record.get(theirs) for ours, theirs in _NAMES.items()}
            located = {ours: address.get(theirs) for ours, theirs in _ADDRESS_NAMES.items()}
            return Party(
                fields={name: str(value or "") for name, value in (named | located).items()},
                version=str(record["attributes"]["etag"]),
            )


def _path(organization_id: str, role: str) -> str:
    return f"/customers/{segment(organization_id)}/profiles/{_PROFILES[role][0]}"


def _merged(record: JsonObject, role: str, changes: Mapping[str, str]) -> JsonObject:
    address_name = _PROFILES[role][1]
    named = {theirs: changes[ours] for ours, theirs in _NAMES.items() if ours in changes}
    located = {theirs: changes[ours] for ours, theirs in _ADDRESS_NAMES.items() if ours in changes}
    return record | named | {address_name: (record.get(address_name) or {}) | located}


def _worded(error: ProviderBusy | ProviderRefused, role: str) -> Exception:
    if isinstance(error, ProviderBusy):
        return ConcurrentWrite(
            f"The seller's {role} was changed by somebody else just now.", remedy="Look again, then repeat."
        )
    if error.details.get("status") in _NOT_OFFERED:
        return ProviderRefused(
            f"The seller takes no change of {role} here.",
            remedy="Change it on the seller's own pages, then look at the checkout again.",
            **error.details,
        )
    return error
