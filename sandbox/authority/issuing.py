"""Tokens that the authority gives: for an application, or for a person beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid4, uuid5

import orjson

from sandbox.authority.refusals import AuthorityRefusal
from sandbox.cloud.relationships import has_relationship, relationship_roles
from sandbox.cloud.state import Sandbox
from sandbox.identity.applications import Application, Person
from sandbox.identity.audiences import (
    AUDIENCES,
    PLAIN_SCOPES,
    RETIRED_AUDIENCE,
    Resource,
    audience_of,
    is_known_audience,
)
from sandbox.identity.compact_tokens import to_base64
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json

#: What the seller knows as the permission of a person.
SELLER_SCOPE = "user_impersonation"
_MISSING, _ABSENT = "missing", "absent"
_REFRESH = "refresh"
#: Beginning of a refresh token: clients take it as it is.
REFRESH_PREFIX = "1."
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a token is asked for."""

    application: Application
    tenant_id: str
    scope: str
    #: Address of this authority.
    base_url: str
    person: Person | None = None
    nonce: str = ""
    #: Words of what is to be wrong with the token: another audience than was asked for, or no second factor.
    faults: frozenset[str] = frozenset()
    is_info_wanted: bool = False

    @property
    def scopes(self) -> list[str]:
        """Return the scopes that name a resource."""
        return [each for each in self.scope.split() if each not in PLAIN_SCOPES]


class Issuer:
    """Gives tokens.

    Args:
        sandbox: Where organizations say what an application may do.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def application_answer(self, request: Request) -> Json:
        """Return the answer with a token of an application alone."""
        audience = self._audience(request)
        roles = self._permissions(request)
        claims = self._claims(request, audience) | {"idtyp": "app"}
        if AUDIENCES.get(audience) is Resource.DIRECTORY:
            claims["roles"] = sorted(roles)
        return self._answer(claims)

    def person_answer(self, request: Request, *, is_refreshing: bool) -> Json:
        """Return the answer with a token of a person, and with one to renew it where that was asked for."""
        person = _person(request)
        self._require_access(request, person)
        audience = self._audience(request)
        permissions = sorted(self._permissions(request))
        resource = AUDIENCES.get(audience)
        scopes = permissions if resource is Resource.DIRECTORY else [SELLER_SCOPE]
        claims = self._claims(request, audience) | _person_claims(request, person)
        claims["scp"] = " ".join(scopes)
        organization = self._sandbox.organizations.get(request.tenant_id)
        if organization is not None:
            claims["wids"] = sorted(relationship_roles(organization, self._sandbox.now()) or ())
        answer = self._answer(claims) | {"scope": " ".join(f"{audience}/{name}" for name in scopes)}
        if is_refreshing or "offline_access" in request.scope.split():
            answer["refresh_token"] = self._refresh_token(request, person)
        if "openid" in request.scope.split():
            answer["id_token"] = self._id_token(request, person)
        if request.is_info_wanted:
            info = orjson.dumps({"uid": person.object_id, "utid": person.tenant_id})
            answer["client_info"] = to_base64(info)
        return answer

    def refresh_claims(self, token: str) -> Json:
        """Return what a refresh token says.

        Raises:
            AuthorityRefusal: It is none of this authority, or has ended.
        """
        claims = self._sandbox.token_key.claims_of(token.removeprefix(REFRESH_PREFIX))
        if claims is None or claims.get("typ") != _REFRESH:
            raise AuthorityRefusal("70000")
        if self._sandbox.now().timestamp() >= claims["exp"]:
            days = str((claims["exp"] - claims["iat"]) // _SECONDS_PER_DAY)
            raise AuthorityRefusal("700082", issued_at=claims["issued"], days=days)
        revoked_at = self._sandbox.state.identities.revoked_at.get(claims["tid"])
        if revoked_at is not None and claims["issued"] < revoked_at:
            raise AuthorityRefusal("50173", issued_at=claims["issued"], valid_from=revoked_at)
        return claims

    def _audience(self, request: Request) -> str:
        """Return the audience of a request: that of its first scope.

        Raises:
            AuthorityRefusal: It names no resource, or one that is not there.
        """
        if not request.scopes:
            raise AuthorityRefusal("70011")
        audience = audience_of(request.scopes[0])
        if not is_known_audience(audience):
            raise AuthorityRefusal("500011", resource=audience, tenant=request.tenant_id)
        return RETIRED_AUDIENCE if "audience_wrong" in request.faults else audience

    def _permissions(self, request: Request) -> frozenset[str]:
        """Return what a tenant lets an application do there.

        Raises:
            AuthorityRefusal: It has not consented (65001), or does not know the application (700016).
        """
        application, organization = request.application, self._sandbox.organizations.get(request.tenant_id)
        consent = organization.consents.get(application.client_id) if organization else None
        if consent is None:
            return frozenset(application.permissions)
        if consent["state"] in {_MISSING, _ABSENT}:
            number = "700016" if consent["state"] == _ABSENT else "65001"
            names = {"client_id": application.client_id, "name": application.display_name}
            raise AuthorityRefusal(number, tenant=request.tenant_id, **names)
        wanted = frozenset(application.permissions)
        return wanted if consent["permissions"] is None else wanted & set(consent["permissions"])

    def _require_access(self, request: Request, person: Person) -> None:
        """Refuse a person who may not act in a tenant, or not without a second factor."""
        if person.is_mfa_required and not person.has_mfa:
            raise AuthorityRefusal("50076", resource=self._audience(request))
        if request.tenant_id == person.tenant_id:
            return
        organization = self._sandbox.organizations.get(request.tenant_id)
        is_customer = organization is not None and organization.is_customer_of(person.tenant_id)
        if organization is None or not is_customer or not has_relationship(organization, self._sandbox.now()):
            facts = {"tenant": request.tenant_id, "client_id": request.application.client_id}
            raise AuthorityRefusal("50020", user=person.principal_name, **facts)

    def _times(self, seconds: float) -> Json:
        now: datetime = self._sandbox.now()
        issued = int(now.timestamp())
        return {"iat": issued, "nbf": issued, "exp": issued + int(seconds), "issued": iso(now)}

    def _claims(self, request: Request, audience: str) -> Json:
        client_id = request.application.client_id
        principal = str(uuid5(NAMESPACE_URL, f"{request.tenant_id}:{client_id}"))
        return self._times(self._sandbox.settings.token_seconds) | {
            "aud": audience,
            "iss": f"{request.base_url}/{request.tenant_id}/v2.0",
            "tid": request.tenant_id,
            "appid": client_id,
            "oid": principal,
            "sub": principal,
            "uti": str(uuid4()),
            "ver": "1.0",
        }

    def _answer(self, claims: Json) -> Json:
        seconds = claims["exp"] - claims["iat"]
        return {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": self._sandbox.token_key.signed(claims),
        }

    def _refresh_token(self, request: Request, person: Person) -> str:
        claims = self._times(self._sandbox.settings.refresh_seconds) | {
            "typ": _REFRESH,
            "tid": person.tenant_id,
            "oid": person.object_id,
            "appid": request.application.client_id,
            "uti": str(uuid4()),
        }
        return REFRESH_PREFIX + self._sandbox.token_key.signed(claims)

    def _id_token(self, request: Request, person: Person) -> str:
        claims = self._times(self._sandbox.settings.token_seconds) | {
            "iss": f"{request.base_url}/{person.tenant_id}/v2.0",
            "aud": request.application.client_id,
            "tid": person.tenant_id,
            "oid": person.object_id,
            "sub": person.object_id,
            "name": person.principal_name,
            "preferred_username": person.principal_name,
            "ver": "2.0",
        }
        return self._sandbox.token_key.signed(claims | ({"nonce": request.nonce} if request.nonce else {}))


def _person_claims(request: Request, person: Person) -> Json:
    has_mfa = person.has_mfa and "mfa_missing" not in request.faults
    return {
        "idtyp": "user",
        "oid": person.object_id,
        "sub": person.object_id,
        "upn": person.principal_name,
        "amr": ["pwd", "mfa"] if has_mfa else ["pwd"],
    }


def _person(request: Request) -> Person:
    if request.person is None:
        raise AuthorityRefusal("50034", user="", tenant=request.tenant_id)
    return request.person
