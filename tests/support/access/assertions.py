"""Calls of the authority by hand: assertions, forms, and what comes back."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.access.authority import DIRECTORY_SCOPE, Authority, ClientCertificate

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def b64(content: bytes) -> str:
    """Return bytes as URLs hold them."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assertion(
    certificate: ClientCertificate, client_id: str, audience: str, *, algorithm: str = "PS256", **claims: Any
) -> str:
    """Return an assertion that a client signs with the key of its certificate, by this test's own code.

    Args:
        certificate: Whose key signs, and whose thumbprint is named.
        client_id: Whom it is about.
        audience: For whom it is.
        algorithm: PS256 or RS256.
        claims: Claims in place of the usual ones.
    """
    found = x509.load_pem_x509_certificate(certificate.certificate.encode())
    now = int(datetime.now(UTC).timestamp())
    header = {"typ": "JWT", "alg": algorithm, "x5t#S256": b64(found.fingerprint(SHA256()))}
    usual = {"aud": audience, "iss": client_id, "sub": client_id, "jti": str(uuid4())}
    body = usual | {"nbf": now, "exp": now + 600} | claims
    content = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(body).encode())}"
    key = load_pem_private_key(certificate.key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)
    padded = pss if algorithm == "PS256" else padding.PKCS1v15()
    return f"{content}.{b64(key.sign(content.encode(), padded, SHA256()))}"


def ask(authority: Authority, tenant_id: str, **fields: str) -> httpx2.Response:
    """Ask for a token with a form."""
    return authority.browser.post(f"/{tenant_id}/oauth2/v2.0/token", data=fields)


def with_assertion(
    authority: Authority,
    tenant_id: str,
    *,
    certificate: ClientCertificate | None = None,
    algorithm: str = "PS256",
    claims: dict[str, Any] | None = None,
    form: dict[str, str] | None = None,
    **fields: str,
) -> httpx2.Response:
    """Ask for a token by an assertion; for the application alone unless form or fields say otherwise."""
    audience = f"{authority.url}/{tenant_id}/oauth2/v2.0/token"
    signed = assertion(
        certificate or authority.certificate,
        authority.client_id,
        audience,
        algorithm=algorithm,
        **(claims or {}),
    )
    usual = {"grant_type": "client_credentials", "scope": DIRECTORY_SCOPE, "client_id": authority.client_id}
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
    return ask(authority, tenant_id, **(usual | proof | (form or {}) | fields))


def application_token(authority: Authority, tenant_id: str, scope: str = DIRECTORY_SCOPE) -> str:
    """Return a token of the application alone."""
    answer = with_assertion(authority, tenant_id, scope=scope)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def person_tokens(authority: Authority, scope: str) -> dict[str, Any]:
    """Sign a person in with a code and PKCE; return all tokens, one to renew them among them."""
    verifier = b64(b"a secret of forty-three characters or more")
    challenge = b64(hashlib.sha256(verifier.encode()).digest())
    redirect = "http://localhost:1234"
    query = {
        "client_id": authority.client_id,
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": f"{scope} offline_access openid",
        "state": "a-state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = httpx2.URL(f"{authority.url}/{authority.tenant_id}/oauth2/v2.0/authorize", params=query)
    back = httpx2.URL(authority.sign_in(str(page)))
    assert back.params["state"] == "a-state"
    form = {"code": back.params["code"], "redirect_uri": redirect, "code_verifier": verifier}
    form |= {"grant_type": "authorization_code", "scope": query["scope"]}
    answer = with_assertion(authority, authority.tenant_id, form=form)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def refreshed(authority: Authority, refresh_token: str, tenant_id: str, scope: str) -> httpx2.Response:
    """Renew a person's tokens."""
    return with_assertion(
        authority, tenant_id, grant_type="refresh_token", refresh_token=refresh_token, scope=scope
    )


def bearer(token: str) -> dict[str, str]:
    """Return the header with a token."""
    return {"Authorization": f"Bearer {token}"}


def aadsts(answer: httpx2.Response) -> tuple[int, int]:
    """Return status and number of a refusal of the authority."""
    body = answer.json()
    (number,) = body["error_codes"]
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert {"error", "timestamp", "trace_id", "correlation_id", "error_uri"} <= body.keys()
    return answer.status_code, number
