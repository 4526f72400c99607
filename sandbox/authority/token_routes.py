"""Paths of the authority for programs: its description, its keys, tokens, and codes for devices."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.authority.exchanges import NOT_STORED, answering, base_url_of, form_of
from sandbox.authority.grants import Grants, TokenCall
from sandbox.authority.refusals import AuthorityRefusal
from sandbox.authority.sessions import DEVICE_SECONDS, POLL_SECONDS, Sessions, SignIn, ending
from sandbox.cloud.answers import json_answer
from sandbox.cloud.state import Sandbox
from sandbox.kernel.model import Json

#: Where a program leaves the faults that the token of this call is to have.
TOKEN_FAULTS = "planswitch.token_faults"  # noqa: S105 - the name of a mark


class TokenRoutes:
    """Handlers of the authority's paths for programs."""

    def __init__(self, sandbox: Sandbox, sessions: Sessions) -> None:
        self._sandbox = sandbox
        self._sessions = sessions
        self._grants = Grants(sandbox, sessions)

    def routes(self) -> list[Route]:
        """Return the routes."""
        description = "/.well-known/openid-configuration"
        handlers = (
            (f"/{{tenant}}/v2.0{description}", self.description, "GET"),
            (f"/{{tenant}}{description}", self.description, "GET"),
            ("/{tenant}/discovery/v2.0/keys", self.keys, "GET"),
            ("/{tenant}/oauth2/v2.0/token", self.token, "POST"),
            ("/{tenant}/oauth2/v2.0/devicecode", self.device_code, "POST"),
        )
        return [
            Route(path, answering(self._sandbox, handler), methods=[method])
            for path, handler, method in handlers
        ]

    async def description(self, request: Request) -> Response:
        """Describe the authority for one tenant (OpenID Connect Discovery)."""
        tenant = _tenant(request)
        self._grants.require_tenant(tenant)
        return json_answer(_description(f"{base_url_of(request)}/{tenant}"))

    async def keys(self, _request: Request) -> Response:
        """Show the public half of the key that signs tokens."""
        return json_answer({"keys": [self._sandbox.token_key.public_view()]})

    async def token(self, request: Request) -> Response:
        """Give tokens."""
        call = TokenCall(
            form=await form_of(request),
            tenant=_tenant(request),
            base_url=base_url_of(request),
            faults=request.scope.get(TOKEN_FAULTS, frozenset()),
        )
        return json_answer(self._grants.answer(call), headers=NOT_STORED)

    async def device_code(self, request: Request) -> Response:
        """Begin the sign-in of a device that has no browser."""
        fields, tenant = await form_of(request), _tenant(request)
        self._grants.require_tenant(tenant)
        application = self._sandbox.state.identities.applications.get(fields.get("client_id", "").lower())
        if application is None:
            raise AuthorityRefusal("700016", client_id=fields.get("client_id", ""), tenant=tenant)
        if application.is_confidential:
            raise AuthorityRefusal("7000216", grant="device_code")
        sign_in = SignIn(
            client_id=application.client_id,
            tenant_id=tenant,
            scope=fields.get("scope", ""),
            ends_at=ending(self._sandbox.now(), DEVICE_SECONDS),
        )
        device_code, user_code = self._sessions.new_device(sign_in)
        uri = f"{base_url_of(request)}/common/oauth2/deviceauth"
        answer = {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": uri,
            "expires_in": DEVICE_SECONDS,
            "interval": POLL_SECONDS,
            "message": f"To sign in, open the page {uri} and enter the code {user_code}.",
        }
        return json_answer(answer, headers=NOT_STORED)


def _tenant(request: Request) -> str:
    return str(request.path_params["tenant"]).lower()


def _description(address: str) -> Json:
    return {
        "issuer": f"{address}/v2.0",
        "authorization_endpoint": f"{address}/oauth2/v2.0/authorize",
        "token_endpoint": f"{address}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{address}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{address}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "form_post"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256"],
        "code_challenge_methods_supported": ["S256"],
    }
