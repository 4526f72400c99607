"""Faults of access that a program plants (reliability#fault-programs)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.access.assertions import (
    aadsts,
    application_token,
    bearer,
    person_tokens,
    refreshed,
    with_assertion,
)
from tests.support.access.authority import PARTNER, SELLER_SCOPE, Authority


def fired(authority: Authority, organization_id: str) -> dict[str, int]:
    """Return how often each fault of an organization has come."""
    answer = authority.cloud.control.get(f"/sandbox/organizations/{organization_id}/faults")
    counts: dict[str, int] = answer.json()["fired"]
    return counts


def status(authority: Authority, path: str, token: str) -> int:
    """Return how a path answers a token."""
    return authority.browser.get(path, headers=bearer(token)).status_code


@pytest.mark.parametrize("number", ["65001", "50173", "50076", "700027", "7000222", "90002", "53003"])
def test_token_is_refused_in_the_words_of_a_number(
    authority: Authority, organization_id: str, number: str
) -> None:
    """`token_refused` answers a call for a token with any number, and the next one goes on."""
    authority.faults(organization_id, {"fault": "token_refused", "number": number, "hits": [1]})

    assert aadsts(with_assertion(authority, organization_id))[1] == int(number)
    assert with_assertion(authority, organization_id).status_code == 200
    assert fired(authority, organization_id) == {"token_refused": 1}


def test_authority_fails(authority: Authority, organization_id: str) -> None:
    """The faults of every call meet the authority too: `token` is an operation."""
    rule = {"operation": "token", "fault": "failed", "status": 503, "hits": [1]}
    authority.faults(organization_id, rule)

    assert with_assertion(authority, organization_id).status_code == 503
    assert with_assertion(authority, organization_id).status_code == 200


@pytest.mark.parametrize(
    ("fault", "error"), [("token_expired", "invalid_token"), ("claims_challenge", "insufficient_claims")]
)
def test_token_ends_in_the_middle(authority: Authority, organization_id: str, fault: str, error: str) -> None:
    """The token of the call is refused from then on, and a new one is taken."""
    token = application_token(authority, organization_id)
    authority.faults(organization_id, {"operation": "users_page", "fault": fault, "hits": [2]})
    first = status(authority, "/v1.0/users", token)
    refused = authority.browser.get("/v1.0/users", headers=bearer(token))
    again = status(authority, "/v1.0/users", token)

    assert (first, refused.status_code, again) == (200, 401, 401)
    assert f'error="{error}"' in refused.headers["www-authenticate"]
    assert status(authority, "/v1.0/users", application_token(authority, organization_id)) == 200


def test_sessions_are_revoked(authority: Authority, organization_id: str) -> None:
    """`sessions_revoked` ends what the tenant of the token gave before: its tokens and its refresh tokens."""
    tokens = person_tokens(authority, SELLER_SCOPE)
    authority.faults(
        organization_id, {"operation": "subscriptions", "fault": "sessions_revoked", "hits": [1]}
    )

    path = f"/v1/customers/{organization_id}/subscriptions"
    assert status(authority, path, tokens["access_token"]) == 401
    assert aadsts(refreshed(authority, tokens["refresh_token"], PARTNER, SELLER_SCOPE)) == (400, 50173)
    assert status(authority, path, person_tokens(authority, SELLER_SCOPE)["access_token"]) == 200


def test_audience_is_another(authority: Authority, organization_id: str) -> None:
    """`audience_wrong` gives a token that no service takes."""
    authority.faults(organization_id, {"fault": "audience_wrong", "hits": [1]})

    assert status(authority, "/v1.0/users", application_token(authority, organization_id)) == 401
    assert status(authority, "/v1.0/users", application_token(authority, organization_id)) == 200


def test_second_factor_is_missing(authority: Authority, organization_id: str) -> None:
    """`mfa_missing` gives a person a token without it, which the seller refuses."""
    rules: list[dict[str, Any]] = [{"fault": "mfa_missing", "hits": [1]}]
    authority.cloud.control.put("/sandbox/faults", json={"rules": rules}).raise_for_status()
    token = person_tokens(authority, SELLER_SCOPE)["access_token"]
    authority.cloud.control.delete("/sandbox/faults").raise_for_status()

    assert status(authority, f"/v1/customers/{organization_id}/subscriptions", token) == 401


def test_consent_is_withdrawn_in_the_middle(authority: Authority, organization_id: str) -> None:
    """`consent_missing` ends the token of the call and gives no other until somebody consents."""
    token = application_token(authority, organization_id)
    authority.faults(organization_id, {"operation": "users_page", "fault": "consent_missing", "hits": [1]})

    assert status(authority, "/v1.0/users", token) == 401
    assert aadsts(with_assertion(authority, organization_id)) == (400, 65001)
    authority.cloud.edit(organization_id, kind="consent", client_id=authority.client_id)
    assert status(authority, "/v1.0/users", application_token(authority, organization_id)) == 200


def test_relationship_and_agreement_end_in_the_middle(authority: Authority, organization_id: str) -> None:
    """`relationship_ended` closes the customer to people, `agreement_missing` takes its agreement away."""
    authority.cloud.edit(organization_id, kind="relationship")
    token = person_tokens(authority, SELLER_SCOPE)["access_token"]
    base = f"/v1/customers/{organization_id}"
    rules = [
        {"operation": "agreements", "fault": "agreement_missing", "hits": [1]},
        {"operation": "subscriptions", "fault": "relationship_ended", "hits": [2]},
    ]
    authority.faults(organization_id, *rules)
    agreements = f"{base}/agreements?agreementType=MicrosoftCustomerAgreement"

    assert authority.browser.get(agreements, headers=bearer(token)).json()["totalCount"] == 0
    assert status(authority, f"{base}/subscriptions", token) == 200
    assert status(authority, f"{base}/subscriptions", token) == 403
