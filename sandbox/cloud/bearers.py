"""Whom a bearer token stands for, and whether the directory or the seller takes it.

There are two kinds: `sandbox-` and the id of an organization, which opens everything of it, and tokens that
the authority signed, which are looked at as the vendor's services look at theirs.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.cloud.answers import (
    DIRECTORY,
    HTTP_FORBIDDEN,
    HTTP_NOT_FOUND,
    HTTP_UNAUTHORIZED,
    Refusal,
    is_of_directory,
)
from sandbox.cloud.group_work import settle_groups
from sandbox.cloud.relationships import has_relationship, relationship_roles
from sandbox.cloud.state import Sandbox
from sandbox.faults.fault_calls import TOKEN_PREFIX, owner_of
from sandbox.identity.audiences import AUDIENCES, Resource
from sandbox.identity.compact_tokens import token_parts
from sandbox.identity.permissions import LICENSE_ROLES, permissions_for
from sandbox.kernel.clock import parse_instant
from sandbox.kernel.model import Organization

#: Challenge beside a token that has expired.
EXPIRED = 'Bearer error="invalid_token", error_description="The token has expired."'
#: Code of the directory for a token that it does not take.
_INVALID = "InvalidAuthenticationToken"
_SELLER = "/v1/"
_BEARER = "Bearer "
#: Where the answer to a call of the seller finds whether its caller has a second factor.
_COMPLIANCE = "planswitch.is_mfa_compliant"
#: Where a client is to ask for a token, as every challenge of the vendor says it.
_WHERE = {
    "realm": "",
    "authorization_uri": "https://login.microsoftonline.com/common/oauth2/authorize",
    "client_id": "00000003-0000-0000-c000-000000000000",
}
_TOO_EARLY = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """What a token of the authority says, once it was verified."""

    audience: str
    tenant_id: str
    client_id: str
    issued_at: datetime
    #: Of the application, or of what it may do for a user.
    permissions: frozenset[str]
    #: It stands for a person beside the application.
    is_user: bool
    has_mfa: bool

    @property
    def resource(self) -> Resource | None:
        """Return whose token it is, None of an audience that nobody takes."""
        return AUDIENCES.get(self.audience)


def organization_of(sandbox: Sandbox, request: Request) -> Organization:
    """Return the organization that a call is about: that of the token, or a customer of its partner.

    Raises:
        Refusal: No token, or one that is not taken (401), one of nobody (404), one of another customer than
            the path names, or one that lacks a permission (403).
    """
    header = request.headers.get("authorization", "")
    bearer = bearer_of(sandbox, request)
    if bearer is None:
        organization = _named_organization(sandbox, request, header)
    elif bearer.resource is Resource.SELLER:
        organization = _customer(sandbox, request, bearer)
    else:
        organization = _tenant(sandbox, request, bearer)
    settle_groups(sandbox, organization)
    return organization


def bearer_of(sandbox: Sandbox, request: Request) -> Bearer | None:
    """Return what a token of the authority says; None: the token names its organization itself.

    Raises:
        Refusal: There is no token, or it is not taken (401).
    """
    header = request.headers.get("authorization", "")
    if not header.startswith(TOKEN_PREFIX):
        bearer = _signed_bearer(sandbox, header)
        _require_audience(request.url.path, bearer)
        _require_validity(sandbox, header, bearer)
        _require_second_factor(sandbox, request, bearer)
        return bearer
    if sandbox.faults.is_revoked(header):
        raise _expired()
    return None


def _named_organization(sandbox: Sandbox, request: Request, header: str) -> Organization:
    """Return the organization that a token of the form `sandbox-` names."""
    organization_id = owner_of(header)
    organization = sandbox.organizations.get(organization_id)
    if organization is None:
        raise Refusal(HTTP_NOT_FOUND, "OrganizationNotFound", "There is no organization of this id.")
    customer = request.path_params.get("customer")
    if customer is not None and customer.lower() != organization_id:
        raise Refusal(HTTP_FORBIDDEN, "Forbidden", "The access token belongs to another customer.")
    return organization


def _signed_bearer(sandbox: Sandbox, header: str) -> Bearer:
    """Return what a signed token says, whoever is to take it.

    Raises:
        Refusal: It is none, was not signed by this authority, or has expired (401).
    """
    if not header:
        raise _not_taken("Access token is empty.")
    token = header.removeprefix(_BEARER)
    if token_parts(token) is None:
        raise _not_taken("Access token validation failure. Invalid audience.")
    claims = sandbox.signed_claims(token)
    if claims is None:
        raise _not_taken("Access token validation failure. Signature is invalid.")
    # Refresh and id tokens are signed by the same key, and open nothing.
    if "idtyp" not in claims:
        raise _not_taken("Access token validation failure. Invalid audience.")
    if sandbox.now() >= datetime.fromtimestamp(claims["exp"], UTC):
        raise _expired()
    scopes = str(claims.get("scp", "")).split()
    return Bearer(
        audience=claims["aud"],
        tenant_id=claims["tid"],
        client_id=claims["appid"],
        issued_at=parse_instant(claims["issued"]),
        permissions=frozenset(claims.get("roles", ())) | frozenset(scopes),
        is_user=claims["idtyp"] == "user",
        has_mfa="mfa" in claims.get("amr", ()),
    )


def _require_audience(path: str, bearer: Bearer) -> None:
    """Refuse a token of the directory at the seller, and the other way round."""
    if path.startswith(_SELLER):
        if bearer.resource is not Resource.SELLER:
            text = "The audience in the token is invalid and is no longer supported in Partner Center API."
            raise _not_taken(text, "900420")
    elif not is_of_directory(path) or bearer.resource is not Resource.DIRECTORY:
        raise _not_taken("Access token validation failure. Invalid audience.")


def _require_validity(sandbox: Sandbox, header: str, bearer: Bearer) -> None:
    """Refuse a token that was revoked, alone or with every other one of its tenant."""
    revoked_at = sandbox.state.identities.revoked_at.get(bearer.tenant_id)
    is_too_early = revoked_at is not None and bearer.issued_at < parse_instant(revoked_at)
    if is_too_early or sandbox.faults.is_challenged(header):
        raise _challenge(sandbox)
    if sandbox.faults.is_revoked(header):
        raise _expired()


def _require_second_factor(sandbox: Sandbox, request: Request, bearer: Bearer) -> None:
    """Refuse a person without a second factor at the seller, where that is enforced."""
    if bearer.resource is not Resource.SELLER or not bearer.is_user:
        return
    request.scope[_COMPLIANCE] = bearer.has_mfa
    if sandbox.settings.is_mfa_enforced and not bearer.has_mfa:
        text = "The access token has no claim of multifactor authentication."
        challenge = f'Bearer error="invalid_token", error_description="{text}"'
        raise Refusal(HTTP_UNAUTHORIZED, "Unauthorized", text, headers={"WWW-Authenticate": challenge})


def _tenant(sandbox: Sandbox, request: Request, bearer: Bearer) -> Organization:
    """Return the organization in whose directory a token was given."""
    organization = sandbox.organizations.get(bearer.tenant_id)
    if organization is None:
        raise Refusal(HTTP_NOT_FOUND, "OrganizationNotFound", "There is no organization of this id.")
    permission_check(sandbox, request, organization)(request.method, request.url.path)
    return organization


def permission_check(
    sandbox: Sandbox, request: Request, organization: Organization
) -> Callable[[str, str], None]:
    """Return what refuses a call of the directory for which a token has no permission (403).

    The check takes method and path; the items of a batch are checked one by one.
    """
    bearer = bearer_of(sandbox, request)

    def check(method: str, path: str) -> None:
        if bearer is None:
            return
        wanted = permissions_for(method, path.removeprefix(DIRECTORY.rstrip("/")))
        if wanted and not wanted & bearer.permissions:
            raise _denied()
        if bearer.is_user and not _may(organization, method, path, sandbox.now()):
            raise _denied()

    return check


def _may(organization: Organization, method: str, path: str, now: datetime) -> bool:
    """Return whether a partner's person may do something in a customer's directory."""
    if not has_relationship(organization, now):
        return False
    is_write = method != "GET" and not path.endswith("/$batch")
    roles = relationship_roles(organization, now)
    return not is_write or roles is None or bool(roles & LICENSE_ROLES)


def partner_of(sandbox: Sandbox, request: Request) -> Callable[[Organization], bool]:
    """Return what tells whether an organization is one of the caller's customers.

    Raises:
        Refusal: The token is not taken, or lacks a permission.
    """
    bearer = bearer_of(sandbox, request)
    if bearer is None:
        named = _named_organization(sandbox, request, request.headers["authorization"])
        return lambda organization: organization is named
    if bearer.resource is Resource.DIRECTORY:
        path = request.url.path.removeprefix(DIRECTORY.rstrip("/"))
        if not permissions_for(request.method, path) & bearer.permissions:
            raise _denied()
    return lambda organization: organization.is_customer_of(bearer.tenant_id)


def _customer(sandbox: Sandbox, request: Request, bearer: Bearer) -> Organization:
    """Return the customer that a path of the seller names, if it is one of the caller's."""
    organization = sandbox.organizations.get(str(request.path_params.get("customer", "")).lower())
    is_own = organization is not None and organization.organization_id == bearer.tenant_id
    if organization is None or not (is_own or organization.is_customer_of(bearer.tenant_id)):
        raise Refusal(HTTP_NOT_FOUND, "60003", "Tenant not found.")
    if not bearer.is_user and sandbox.settings.is_user_wanted_by_seller:
        text = "This resource doesn't support application-only authentication."
        raise Refusal(HTTP_FORBIDDEN, "900329", text)
    if bearer.is_user and not is_own and not has_relationship(organization, sandbox.now()):
        raise Refusal(HTTP_FORBIDDEN, "900308", "Insufficient privileges to complete the operation.")
    return organization


def _not_taken(text: str, code: str = _INVALID) -> Refusal:
    return Refusal(HTTP_UNAUTHORIZED, code, text, headers={"WWW-Authenticate": _header(_WHERE)})


def _header(parts: Mapping[str, str]) -> str:
    """Return a challenge with its parts."""
    return _BEARER + ", ".join(f'{name}="{value}"' for name, value in parts.items())


def _expired() -> Refusal:
    text = "Lifetime validation failed, the token is expired."
    return Refusal(HTTP_UNAUTHORIZED, _INVALID, text, headers={"WWW-Authenticate": EXPIRED})


def _denied() -> Refusal:
    text = "Insufficient privileges to complete the operation."
    return Refusal(HTTP_FORBIDDEN, "Authorization_RequestDenied", text)


def _challenge(sandbox: Sandbox) -> Refusal:
    """Return what continuous access evaluation answers: a new token is needed, with these claims."""
    since = str(int(sandbox.now().timestamp()))
    claims: Any = {"access_token": {"nbf": {"essential": True, "value": since}}}
    parts = _WHERE | {
        "errorDescription": _TOO_EARLY,
        "error": "insufficient_claims",
        "claims": base64.b64encode(orjson.dumps(claims)).decode(),
    }
    return Refusal(HTTP_UNAUTHORIZED, _INVALID, _TOO_EARLY, headers={"WWW-Authenticate": _header(parts)})


class ComplianceMark:
    """Middleware that tells callers of the seller who ask whether they have a second factor."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and mark its answer."""
        is_asked = scope["type"] == "http" and scope["path"].startswith(_SELLER)
        if not is_asked or Headers(scope=scope).get("validatemfa", "").lower() != "true":
            await self._app(scope, receive, send)
            return

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start" and _COMPLIANCE in scope:
                word = b"true" if scope[_COMPLIANCE] else b"false"
                message["headers"] = [*message["headers"], (b"isMfaCompliant", word)]
            await send(message)

        await self._app(scope, receive, mark)
