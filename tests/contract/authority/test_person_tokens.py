"""Tokens of a person beside the application: codes, renewal, devices, second factors (sandbox#tokens)."""

from __future__ import annotations

import httpx2

from tests.support.access.assertions import (
    aadsts,
    ask,
    bearer,
    person_tokens,
    refreshed,
    with_assertion,
)
from tests.support.access.authority import PARTNER, SELLER_SCOPE, Authority

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def test_person_opens_the_seller(authority: Authority, organization_id: str) -> None:
    """A code with PKCE gets tokens, the seller takes them, and says that there was a second factor."""
    tokens = person_tokens(authority, SELLER_SCOPE)
    header = bearer(tokens["access_token"]) | {"ValidateMfa": "true"}
    answer = authority.browser.get(f"/v1/customers/{organization_id}/subscriptions", headers=header)

    assert (answer.status_code, answer.headers["isMfaCompliant"]) == (200, "true")
    assert tokens["refresh_token"] != tokens["access_token"]


def test_code_is_taken_once_and_with_its_secret(authority: Authority) -> None:
    """A wrong verifier is AADSTS501481, a second use AADSTS54005, another redirect AADSTS50011."""
    page = (
        f"{authority.url}/{PARTNER}/oauth2/v2.0/authorize?client_id={authority.client_id}"
        f"&response_type=code&redirect_uri=http://127.0.0.1:99&scope={SELLER_SCOPE}"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    )
    authority.register(redirect_uris=["http://127.0.0.1"])
    code = authority.sign_in(page).partition("code=")[2]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1:99"}
    # Verifier and challenge are the example of RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    def redeem(**changed: str) -> httpx2.Response:
        return with_assertion(authority, PARTNER, form=fields | {"scope": SELLER_SCOPE} | changed)

    assert aadsts(redeem(code_verifier="another")) == (400, 501481)
    assert aadsts(redeem(code_verifier=verifier, redirect_uri="http://127.0.0.1:98")) == (400, 50011)
    assert redeem(code_verifier=verifier).status_code == 200
    assert aadsts(redeem(code_verifier=verifier)) == (400, 54005)
    assert aadsts(redeem(code="none", code_verifier=verifier)) == (400, 70000)


def test_redirect_that_is_not_registered_is_refused(authority: Authority) -> None:
    """The page leads nowhere but to a registered address, on this machine at any port."""
    for redirect in ("http://localhost.evil.example", "https://localhost", "http://localhost/other"):
        page = (
            f"/{PARTNER}/oauth2/v2.0/authorize?client_id={authority.client_id}&response_type=code"
            f"&redirect_uri={redirect}&scope=openid"
        )
        assert aadsts(authority.browser.get(page)) == (400, 50011)


def test_refresh_token_is_renewed_with_each_use(authority: Authority, organization_id: str) -> None:
    """Each use gives a new one; the old one is taken again unless the setting says once only."""
    first = person_tokens(authority, SELLER_SCOPE)["refresh_token"]
    second = refreshed(authority, first, PARTNER, SELLER_SCOPE).json()["refresh_token"]

    assert first != second
    assert refreshed(authority, first, PARTNER, SELLER_SCOPE).status_code == 200
    authority.cloud.settings(is_refresh_single=True)
    assert aadsts(refreshed(authority, first, PARTNER, SELLER_SCOPE)) == (400, 70008)
    assert refreshed(authority, second, PARTNER, SELLER_SCOPE).status_code == 200
    assert organization_id


def test_revoked_sessions_end(authority: Authority, organization_id: str) -> None:
    """After a revocation a refresh token is AADSTS50173, and a token of before is challenged for claims."""
    tokens = person_tokens(authority, SELLER_SCOPE)
    authority.revoke(PARTNER)
    refused = refreshed(authority, tokens["refresh_token"], PARTNER, SELLER_SCOPE)
    challenged = authority.browser.get(
        f"/v1/customers/{organization_id}/subscriptions", headers=bearer(tokens["access_token"])
    )

    assert aadsts(refused) == (400, 50173)
    assert challenged.status_code == 401
    assert 'error="insufficient_claims", claims="' in challenged.headers["www-authenticate"]
    new = person_tokens(authority, SELLER_SCOPE)["access_token"]
    answer = authority.browser.get(f"/v1/customers/{organization_id}/subscriptions", headers=bearer(new))
    assert answer.status_code == 200


def test_refresh_token_is_of_one_application(authority: Authority) -> None:
    """A refresh token that somebody changed, and one of another application, are AADSTS70000."""
    token = person_tokens(authority, SELLER_SCOPE)["refresh_token"]

    assert aadsts(refreshed(authority, token[:-4] + "AAAA", PARTNER, SELLER_SCOPE)) == (400, 70000)
    assert aadsts(refreshed(authority, "none", PARTNER, SELLER_SCOPE)) == (400, 70000)


def test_device_waits_for_its_person(authority: Authority) -> None:
    """A device asks again (AADSTS70016) until somebody has entered its code, and gets tokens once."""
    authority.register(is_public_client=True)
    begun = authority.browser.post(
        f"/{PARTNER}/oauth2/v2.0/devicecode",
        data={"client_id": authority.client_id, "scope": f"{SELLER_SCOPE} offline_access"},
    ).json()
    fields = {"grant_type": DEVICE, "client_id": authority.client_id, "device_code": begun["device_code"]}

    assert aadsts(ask(authority, PARTNER, **fields)) == (400, 70016)
    authority.confirm_device(begun["user_code"])
    tokens = ask(authority, PARTNER, **fields).json()
    assert {"access_token", "refresh_token"} <= tokens.keys()
    assert aadsts(ask(authority, PARTNER, **fields)) == (400, 70000)


def test_confidential_application_gets_no_device_code(authority: Authority) -> None:
    """Only an application that is declared public may sign in by a device code."""
    answer = authority.browser.post(
        f"/{PARTNER}/oauth2/v2.0/devicecode", data={"client_id": authority.client_id, "scope": SELLER_SCOPE}
    )

    assert aadsts(answer) == (401, 7000216)


def test_person_without_second_factor(authority: Authority, organization_id: str) -> None:
    """The seller refuses them where that is enforced, and says so; a tenant may refuse the token."""
    authority.person(has_mfa=False)
    path = f"/v1/customers/{organization_id}/subscriptions"
    tokens = person_tokens(authority, SELLER_SCOPE)
    header = bearer(tokens["access_token"]) | {"ValidateMfa": "true"}
    refused = authority.browser.get(path, headers=header)
    authority.cloud.settings(is_mfa_enforced=False)
    allowed = authority.browser.get(path, headers=header)
    authority.person(has_mfa=False, is_mfa_required=True)

    assert (refused.status_code, refused.headers["isMfaCompliant"]) == (401, "false")
    assert (allowed.status_code, allowed.headers["isMfaCompliant"]) == (200, "false")
    assert aadsts(refreshed(authority, tokens["refresh_token"], PARTNER, SELLER_SCOPE)) == (400, 50076)
