"""What a client can show for a token: its credential, a code, a refresh token, a device code."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.authority.credentials import Form, client_of
from sandbox.authority.issuing import Issuer, Request
from sandbox.authority.refusals import AuthorityRefusal
from sandbox.authority.sessions import Sessions, SignIn
from sandbox.cloud.state import Sandbox
from sandbox.identity.applications import Application
from sandbox.identity.compact_tokens import to_base64
from sandbox.kernel.model import Json

#: Names in the place of a tenant: that of whoever signs in.
SHARED_TENANTS = frozenset({"common", "organizations"})
_DEFAULT = "/.default"


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenCall:
    """A call for a token."""

    form: Form
    #: Tenant of the path, in small letters.
    tenant: str
    #: Address of this authority.
    base_url: str
    #: Words of what is to be wrong with the token.
    faults: frozenset[str] = frozenset()


class Grants:
    """Answers calls for tokens.

    Args:
        sandbox: Who is known, and what was granted.
        sessions: Sign-ins under way.
    """

    def __init__(self, sandbox: Sandbox, sessions: Sessions) -> None:
        self._sandbox = sandbox
        self._sessions = sessions
        self._issuer = Issuer(sandbox)
        self._by_type: dict[str, Callable[[TokenCall, Request], Json]] = {
            "client_credentials": self._by_credential,
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
            "urn:ietf:params:oauth:grant-type:device_code": self._by_device_code,
        }

    def answer(self, call: TokenCall) -> Json:
        """Return the tokens that a call gets.

        Raises:
            AuthorityRefusal: It gets none.
        """
        grant = call.form.get("grant_type")
        if not grant:
            raise AuthorityRefusal("900144", parameter="grant_type")
        if grant not in self._by_type:
            raise AuthorityRefusal("70003", grant=grant)
        self.require_tenant(call.tenant)
        application = client_of(self._sandbox, call.form, call.tenant, _audiences(call))
        return self._by_type[grant](call, self._request(call, application))

    def require_tenant(self, tenant: str) -> None:
        """Refuse a tenant that nobody knows (90002)."""
        identities = self._sandbox.state.identities
        is_customer = tenant in self._sandbox.organizations
        if tenant not in SHARED_TENANTS and not is_customer and not identities.is_home(tenant):
            raise AuthorityRefusal("90002", tenant=tenant)

    def _request(self, call: TokenCall, application: Application) -> Request:
        return Request(
            application=application,
            tenant_id=call.tenant,
            scope=call.form.get("scope", ""),
            base_url=call.base_url,
            faults=call.faults,
            is_info_wanted=call.form.get("client_info") == "1",
        )

    def _by_credential(self, call: TokenCall, request: Request) -> Json:
        """Give a token to an application by its own credential."""
        if len(request.scopes) != 1 or not request.scopes[0].endswith(_DEFAULT):
            raise AuthorityRefusal("1002012", scope=request.scope)
        if call.tenant in SHARED_TENANTS:
            raise AuthorityRefusal("90002", tenant=call.tenant)
        return self._issuer.application_answer(request)

    def _by_code(self, call: TokenCall, request: Request) -> Json:
        """Give tokens for the code of a sign-in, once."""
        sign_in = self._sessions.codes.get(call.form.get("code", ""))
        if sign_in is None or sign_in.client_id != request.application.client_id:
            raise AuthorityRefusal("70000")
        if sign_in.is_redeemed:
            raise AuthorityRefusal("54005")
        if self._sandbox.now() >= sign_in.ends_at:
            raise AuthorityRefusal("70008")
        if call.form.get("redirect_uri", "") != sign_in.redirect_uri:
            raise AuthorityRefusal(
                "50011", redirect_uri=call.form.get("redirect_uri", ""), client_id=sign_in.client_id
            )
        _check_verifier(sign_in, call.form.get("code_verifier", ""))
        sign_in.is_redeemed = True
        return self._for_person(sign_in, request)

    def _by_device_code(self, call: TokenCall, request: Request) -> Json:
        """Give tokens for a device code that somebody has confirmed, once."""
        sign_in = self._sessions.devices.get(call.form.get("device_code", ""))
        if sign_in is None or sign_in.client_id != request.application.client_id or sign_in.is_redeemed:
            raise AuthorityRefusal("70000")
        if self._sandbox.now() >= sign_in.ends_at:
            raise AuthorityRefusal("70020")
        if sign_in.person is None:
            raise AuthorityRefusal("70016")
        sign_in.is_redeemed = True
        return self._for_person(sign_in, request)

    def _for_person(self, sign_in: SignIn, request: Request) -> Json:
        """Give what a sign-in asked for, to the person who confirmed it."""
        person = sign_in.person
        tenant = person.tenant_id if person and request.tenant_id in SHARED_TENANTS else request.tenant_id
        scope = request.scope or sign_in.scope
        wanted = replace(request, tenant_id=tenant, scope=scope, person=person, nonce=sign_in.nonce)
        return self._issuer.person_answer(wanted, is_refreshing=False)

    def _by_refresh_token(self, call: TokenCall, request: Request) -> Json:
        """Give new tokens for a refresh token, and a new one of it."""
        claims = self._issuer.refresh_claims(call.form.get("refresh_token", ""))
        if claims["appid"] != request.application.client_id:
            raise AuthorityRefusal("70000")
        is_used = claims["uti"] in self._sessions.used_refreshes
        if self._sandbox.settings.is_refresh_single and is_used:
            raise AuthorityRefusal("70008")
        person = self._sandbox.state.identities.person_of(claims["oid"])
        tenant = claims["tid"] if request.tenant_id in SHARED_TENANTS else request.tenant_id
        wanted = replace(request, person=person, tenant_id=tenant)
        answer = self._issuer.person_answer(wanted, is_refreshing=True)
        self._sessions.use_refresh(claims["uti"])
        return answer


def _audiences(call: TokenCall) -> frozenset[str]:
    """Return for whom a client's assertion may be: the address of tokens, or the name of the issuer."""
    issuer = f"{call.base_url}/{call.tenant}"
    return frozenset({f"{issuer}/oauth2/v2.0/token", f"{issuer}/v2.0", f"{issuer}/"})


def _check_verifier(sign_in: SignIn, verifier: str) -> None:
    """Check the secret behind a challenge (RFC 7636)."""
    if not sign_in.challenge:
        return
    digest = to_base64(hashlib.sha256(verifier.encode()).digest())
    if not verifier or not hmac.compare_digest(digest, sign_in.challenge):
        raise AuthorityRefusal("501481")
