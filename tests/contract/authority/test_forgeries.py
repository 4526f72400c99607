"""What strangers send to authority, directory and seller is refused, and never a 500 (sandbox#tokens)."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest

from tests.support.access.assertions import (
    ASSERTION_TYPE,
    application_token,
    ask,
    assertion,
    b64,
    bearer,
    person_tokens,
    with_assertion,
)
from tests.support.access.authority import DIRECTORY_SCOPE, PARTNER, SELLER_SCOPE, Authority

#: Values that are no text, where a text is expected.
ODD: tuple[Any, ...] = (None, [], ["a"], {}, {"a": 1}, 1, True, 10**30)


def unsigned(header: Any, claims: Any, signature: str = "") -> str:
    """Return a token with any parts."""
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}.{signature}"


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token, as anybody can read them."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def test_forged_token_opens_nothing(authority: Authority, organization_id: str) -> None:
    """Claims without a signature, with another's, or by an algorithm that shares the key are refused."""
    token = application_token(authority, organization_id)
    claims, signature = claims_of(token), token.rpartition(".")[2]
    more = claims | {"roles": ["Directory.ReadWrite.All"], "exp": 10**11}
    forged = [
        unsigned({"alg": "none"}, claims),
        unsigned({"alg": "HS256"}, claims, signature),
        unsigned({"alg": ["RS256"]}, claims, signature),
        unsigned({"alg": "RS256"}, more, signature),
        unsigned({}, {}, ""),
        "a.b.c",
        "..",
        "é.é.é",
    ]
    statuses = {authority.browser.get("/v1.0/users", headers=_raw(each)).status_code for each in forged}

    assert statuses == {401}


def test_other_tokens_of_the_authority_open_nothing(authority: Authority, organization_id: str) -> None:
    """A refresh token and an id token are signed by the same key: neither opens directory or seller."""
    tokens = person_tokens(authority, SELLER_SCOPE)
    for token in (tokens["refresh_token"], tokens["refresh_token"].removeprefix("1."), tokens["id_token"]):
        for path in ("/v1.0/users", f"/v1/customers/{organization_id}/subscriptions", "/v1/customers"):
            assert authority.browser.get(path, headers=bearer(token)).status_code == 401
    refused = with_assertion(
        authority,
        PARTNER,
        form={"grant_type": "refresh_token", "refresh_token": tokens["access_token"], "scope": SELLER_SCOPE},
    )
    assert refused.json()["error_codes"] == [70000]


@pytest.mark.parametrize("name", ["aud", "iss", "sub", "exp", "nbf"])
def test_odd_claims_of_an_assertion_are_refused(
    authority: Authority, organization_id: str, name: str
) -> None:
    """A claim that is no text or no number is refused with a number, never a 500."""
    for value in ODD:
        if name in {"exp", "nbf"} and isinstance(value, int):
            continue
        answer = with_assertion(authority, organization_id, claims={name: value})
        assert answer.status_code == 401, (name, value, answer.text)
        assert answer.json()["error_codes"][0] in {700023, 700024}


def test_odd_assertions_are_refused(authority: Authority, organization_id: str) -> None:
    """What is no assertion, or one without a thumbprint, is refused with a number."""
    audience = f"{authority.url}/{organization_id}/oauth2/v2.0/token"
    good = assertion(authority.certificate, authority.client_id, audience)
    claims = claims_of(good)
    odd = ["", "a", "a.b.c", unsigned({"alg": "RS256"}, claims, "AAAA"), good.rpartition(".")[0] + "."]
    odd += [unsigned({"alg": "RS256", "x5t#S256": each}, claims, "AAAA") for each in ODD]
    fields = {"grant_type": "client_credentials", "scope": DIRECTORY_SCOPE, "client_id": authority.client_id}
    for each in odd:
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": each}
        answer = ask(authority, organization_id, **(fields | proof))
        assert answer.status_code in {400, 401}, (each, answer.text)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/{tenant}/oauth2/v2.0/token"),
        ("POST", "/{tenant}/oauth2/v2.0/devicecode"),
        (
            "GET",
            "/{tenant}/oauth2/v2.0/authorize?client_id={client}&redirect_uri=http://[&response_type=code",
        ),
        ("GET", "/{tenant}/oauth2/v2.0/authorize"),
        ("POST", "/{tenant}/oauth2/v2.0/authorize"),
        ("POST", "/{tenant}/oauth2/deviceauth"),
        ("GET", "/{tenant}/v2.0/adminconsent"),
        ("POST", "/{tenant}/adminconsent"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a=b&a=c", b"client_id=%00&person=%ff"])
def test_odd_calls_are_refused(
    authority: Authority, organization_id: str, method: str, path: str, body: bytes
) -> None:
    """No path of the authority fails at what it is sent."""
    url = path.format(tenant=organization_id, client=authority.client_id)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    content = body if method == "POST" else None
    answer = authority.browser.request(method, url, content=content, headers=kind)

    assert 400 <= answer.status_code < 500, answer.text


def test_no_host_gets_into_the_description(authority: Authority, organization_id: str) -> None:
    """A foreign host is refused; one that is none is as if nobody had named it."""
    path = f"/{organization_id}/v2.0/.well-known/openid-configuration"

    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example"):
        assert authority.browser.get(path, headers={"Host": host}).status_code == 400
    for host in ("127.0.0.1:x", "", "[::1"):
        answer = authority.browser.get(path, headers={"Host": host})
        is_own = answer.json().get("issuer", "").startswith(f"{authority.url}/")
        assert is_own if answer.status_code == 200 else answer.status_code == 400, answer.text


def test_page_shows_what_it_is_sent_as_text(authority: Authority) -> None:
    """What a page repeats is no part of it: state and names are escaped, and no script may run."""
    query = {
        "client_id": authority.client_id,
        "response_type": "code",
        "redirect_uri": "http://localhost",
        "scope": "openid",
        "state": '"><script>alert(1)</script>',
    }
    url = httpx2.URL(f"{authority.url}/{PARTNER}/oauth2/v2.0/authorize", params=query)
    shown = authority.browser.get(url)

    assert shown.status_code == 200
    assert "<script>" not in shown.text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")


def _raw(token: str) -> dict[bytes, bytes]:
    return {b"Authorization": f"Bearer {token}".encode()}
