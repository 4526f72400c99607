"""Names and addresses that the seller keeps of a customer: company (sold-to) and billing (billed-to)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request

from sandbox.cloud.answers import (
    HTTP_NOT_FOUND,
    HTTP_OK,
    Idempotency,
    Refusal,
    bad,
    digest_of,
)
from sandbox.cloud.state import Sandbox
from sandbox.kernel.model import Json, Organization

#: Profile -> name of its address and its type.
PROFILES = {
    "company": ("address", "CustomerCompanyProfile"),
    "billing": ("defaultAddress", "CustomerBillingProfile"),
}
#: Cities by country, for customers whose profile nobody has changed.
PLACES = {"DE": ("Berlin", "BE", "10115"), "US": ("Seattle", "WA", "98101")}
NEEDED = ("addressLine1", "city", "postalCode", "country")
ETAG_LENGTH = 16


def party_record(organization: Organization, profile: str) -> Json:
    """Return a profile with its version tag.

    Raises:
        Refusal: There is no such profile (404).
    """
    if profile not in PROFILES:
        raise Refusal(HTTP_NOT_FOUND, "2000", f"There is no profile {profile}.")
    kept = organization.parties.get(profile) or _usual(organization, profile)
    etag = digest_of(kept)[:ETAG_LENGTH]
    return kept | {"attributes": {"etag": etag, "objectType": PROFILES[profile][1]}}


def change_party(
    sandbox: Sandbox, organization: Organization, request: Request, body: Json, idempotency: Idempotency
) -> Json:
    """Put a whole profile in place of what is there.

    Raises:
        Refusal: The etag is missing or old (400, 2055), or the profile is not whole (400, 2000).
    """
    profile = request.path_params["profile"]
    standing = party_record(organization, profile)
    if request.headers.get("if-match") != f'"{standing["attributes"]["etag"]}"':
        raise bad("2055", "Etag is no longer valid. Read the profile again and retry.")
    kept = {name: value for name, value in body.items() if name != "attributes"}
    _require_whole(kept, PROFILES[profile][0])
    if kept.get("id") != standing["id"]:
        raise bad("2000", "The id of the body is not the profile's.")
    answer = kept | {
        "attributes": {"etag": digest_of(kept)[:ETAG_LENGTH], "objectType": PROFILES[profile][1]}
    }
    sandbox.commit(
        "party_changed",
        organization_id=organization.organization_id,
        parties={profile: kept},
        **idempotency.facts(HTTP_OK, answer),
    )
    return answer


def _usual(organization: Organization, profile: str) -> Json:
    """Return what the seller has of a customer whose profile nobody changed."""
    known = organization.profile
    city, state, postal_code = PLACES.get(known["country"], ("Capital", "", "1000"))
    address: Json = {
        "country": known["country"],
        "city": city,
        "state": known["subdivision"] or state,
        "addressLine1": "1 Main Street",
        "addressLine2": "",
        "postalCode": postal_code,
        "phoneNumber": "",
    }
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{organization.organization_id}:{profile}")),
        "companyName": known["display_name"],
        "firstName": "",
        "lastName": "",
        "email": "",
        PROFILES[profile][0]: address,
    }


def _require_whole(body: Json, address_name: str) -> None:
    address = body.get(address_name)
    if not _is_text(body.get("companyName")) or not isinstance(address, dict):
        raise bad("2000", f"A profile needs companyName and {address_name}.")
    missing = [name for name in NEEDED if not _is_text(address.get(name))]
    if missing:
        raise bad("2000", f"The address needs {', '.join(missing)}.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
