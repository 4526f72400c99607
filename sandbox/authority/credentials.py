"""Who a client is: its certificate or its secret, which the authority checks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.authority.refusals import AuthorityRefusal
from sandbox.cloud.state import Sandbox
from sandbox.identity.applications import Application, secret_digest
from sandbox.identity.compact_tokens import is_signed_by, token_parts
from sandbox.kernel.clock import parse_instant
from sandbox.kernel.model import Json

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Clocks of clients may be so many seconds ahead or behind.
SKEW_SECONDS = 300

Form = Mapping[str, str]


def client_of(sandbox: Sandbox, form: Form, tenant_id: str, audiences: frozenset[str]) -> Application:
    """Return the application that a request comes from, once it has proved it.

    Args:
        sandbox: Where it is registered.
        form: Fields of the request.
        tenant_id: At whose sign-in it asks.
        audiences: What an assertion may be for: addresses of this authority.

    Raises:
        AuthorityRefusal: It is unknown, or did not prove who it is.
    """
    client_id = form.get("client_id", "").lower()
    if not client_id:
        raise AuthorityRefusal("900144", parameter="client_id")
    application = sandbox.state.identities.applications.get(client_id)
    if application is None:
        raise AuthorityRefusal("700016", client_id=client_id, tenant=tenant_id)
    if assertion := form.get("client_assertion"):
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise AuthorityRefusal("900144", parameter="client_assertion_type")
        _check_assertion(application, assertion, audiences, sandbox.now())
    elif secret := form.get("client_secret"):
        _check_secret(application, secret, sandbox.now())
    elif application.is_confidential or form.get("grant_type") == "client_credentials":
        raise AuthorityRefusal("7000216", grant=form.get("grant_type", ""))
    return application


def _check_assertion(
    application: Application, assertion: str, audiences: frozenset[str], now: datetime
) -> None:
    """Check an assertion that a client has signed with the key of its certificate (RFC 7523).

    Raises:
        AuthorityRefusal: Its certificate is not registered or is over, it is for somebody else, or not now.
    """
    parts = token_parts(assertion)
    if parts is None:
        raise AuthorityRefusal("9002313")
    header, claims = parts
    _check_key(application, assertion, str(header.get("x5t#S256") or header.get("x5t") or ""), now)
    if str(claims.get("aud")) not in audiences:
        raise AuthorityRefusal("700023")
    names = {str(claims.get("iss")), str(claims.get("sub"))}
    if names != {application.client_id} or not _is_of_now(claims, now):
        raise AuthorityRefusal("700024")


def _check_key(application: Application, assertion: str, thumbprint: str, now: datetime) -> None:
    """Check the certificate of an assertion, and that its key has signed it.

    Raises:
        AuthorityRefusal: The application has no such certificate, it is over, or the signature is another's.
    """
    certificate = application.certificate_of(thumbprint) if thumbprint else None
    key = certificate.public_key() if certificate else None
    reason = ""
    if certificate is None or not isinstance(key, rsa.RSAPublicKey):
        reason = "The key was not found."
    elif not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        reason = "The key used is expired."
    elif not is_signed_by(assertion, key):
        reason = "Client assertion contains an invalid signature."
    if reason:
        facts = {"thumbprint": thumbprint, "client_id": application.client_id}
        raise AuthorityRefusal("700027", reason=reason, **facts)


def _is_of_now(claims: Json, now: datetime) -> bool:
    begins, ends = claims.get("nbf", 0), claims.get("exp")
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):
        return False
    return begins - SKEW_SECONDS <= now.astimezone(UTC).timestamp() < ends + SKEW_SECONDS


def _check_secret(application: Application, secret: str, now: datetime) -> None:
    """Check a client's secret.

    Raises:
        AuthorityRefusal: It is none of its secrets, or one that is over.
    """
    digest = secret_digest(secret)
    kept = next((one for one in application.secrets if hmac.compare_digest(one.digest, digest)), None)
    if kept is None:
        raise AuthorityRefusal("7000215", client_id=application.client_id)
    if now >= parse_instant(kept.ends_at):
        raise AuthorityRefusal("7000222", client_id=application.client_id)
