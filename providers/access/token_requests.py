"""Requests for tokens, worded and signed by the vendor's library (MSAL).

Each is an application of its own: the library would keep tokens, refusals and a certificate beside our own
cache, and would not notice when one of them is replaced.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from domain.kernel.errors import InvalidInput, PlanSwitchError
from providers.access.credentials import Credentials, unusable
from providers.access.hosts import HOSTS
from providers.access.profiles import Audience, CloudProfile
from providers.access.token_refusals import not_described, token_refused, unknown_service
from providers.access.token_service import DiscoveryRefused, TokenService

#: Tells the vendor that a claims challenge of a resource is understood here.
CAPABILITIES = ["CP1"]
_PENDING = frozenset({"authorization_pending", "slow_down"})
#: Ends a device's question after one try: whoever waits asks again.
_ONE_TRY = 0
_DAY_SECONDS = 86_400
#: The vendor's token services: nobody has to be asked whether they are.
_OWN_AUTHORITIES = frozenset(each.authority for each in HOSTS.values())
#: The library's word for a token service that the vendor does not know.
_UNKNOWN_SERVICE = "invalid_instance"


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenAnswer:
    """Tokens that the token service gave."""

    access_token: str
    #: From now on.
    expires_in_seconds: float
    #: When the service wants to be asked again; None where it does not tell.
    refresh_in_seconds: float | None
    #: "" where none came.
    refresh_token: str

    def __repr__(self) -> str:
        """Return words without the tokens, which no log may show."""
        return f"TokenAnswer(expires_in_seconds={self.expires_in_seconds})"


class ForeignSignIn(Exception):
    """What a browser brought back belongs to another sign-in."""


class TokenRequests:
    """Asks token services.

    Args:
        credentials: Prove the applications.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def of_application(
        self, profile: CloudProfile, audience: Audience, tenant_id: str, *, claims: str = ""
    ) -> TokenAnswer:
        """Return a token of the application alone.

        Args:
            profile: Whose application.
            audience: For whom.
            tenant_id: Of which tenant.
            claims: JSON text of what it has to meet, or "".

        Raises:
            AccessLost: The service refuses it; somebody has to act.
            ProviderUnavailable: The service does not answer, or can't.
            ProviderThrottled: The service asks to wait.
        """
        with self._application(profile, audience, tenant_id) as application:
            scopes = [profile.scope_of(audience)]
            challenge = _readable(claims) or None
            answer = application.acquire_token_for_client(scopes=scopes, claims_challenge=challenge)
        return _answer_of(profile, audience, tenant_id, answer)

    def of_refresh_token(
        self,
        profile: CloudProfile,
        audience: Audience,
        tenant_id: str,
        refresh_token: str,
        *,
        claims: str = "",
    ) -> TokenAnswer:
        """Return a token of the person who signed in, and the refresh token that follows; raises as above."""
        with self._application(profile, audience, tenant_id) as application:
            answer = application.acquire_token_by_refresh_token(
                refresh_token,
                scopes=[profile.scope_of(audience)],
                data={"claims": _with_capabilities(claims)},
            )
        return _answer_of(profile, audience, tenant_id, answer)

    def begun_sign_in(self, profile: CloudProfile, audience: Audience, redirect_uri: str) -> dict[str, Any]:
        """Return the flow of a sign-in in a browser: its `auth_uri` is opened, the rest is kept secret.

        It is by an authorization code with PKCE (RFC 7636).

        Args:
            profile: Who signs in.
            audience: For whom the first token is.
            redirect_uri: Where the browser is sent then: on this machine.

        Raises:
            AccessLost, ProviderUnavailable, ProviderThrottled: As for tokens.
        """
        with self._application(profile, audience, profile.tenant_id) as application:
            flow: dict[str, Any] = application.initiate_auth_code_flow(
                scopes=[profile.scope_of(audience)],
                redirect_uri=redirect_uri,
                prompt="select_account",
                # The code comes in a body: an address stays in the browser's history (RFC 9700, 4.3.1).
                response_mode="form_post",
            )
        return flow

    def finished_sign_in(
        self,
        profile: CloudProfile,
        audience: Audience,
        flow: dict[str, Any],
        returned: Mapping[str, str],
    ) -> TokenAnswer:
        """Return the tokens of a sign-in, by what the browser brought back; raises as above.

        Raises:
            ForeignSignIn: What came back is not of this flow.
        """
        with self._application(profile, audience, profile.tenant_id) as application:
            if returned.get("state") != flow.get("state"):
                raise ForeignSignIn
            answer = application.acquire_token_by_auth_code_flow(flow, dict(returned))
        return _answer_of(profile, audience, profile.tenant_id, answer)

    def begun_device(self, profile: CloudProfile, audience: Audience) -> dict[str, Any]:
        """Return the flow of a sign-in by a code on another device; raises as for tokens."""
        with self._application(profile, audience, profile.tenant_id) as application:
            flow: dict[str, Any] = application.initiate_device_flow(scopes=[profile.scope_of(audience)])
        if "user_code" not in flow:
            raise _refused(profile, audience, profile.tenant_id, flow)
        return flow

    def finished_device(
        self, profile: CloudProfile, audience: Audience, flow: dict[str, Any]
    ) -> TokenAnswer | None:
        """Return the tokens once somebody has entered the code, else None; raises as for tokens."""
        with self._application(profile, audience, profile.tenant_id) as application:
            answer = application.acquire_token_by_device_flow(
                {**flow, "expires_at": _ONE_TRY}, exit_condition=lambda _flow: True
            )
        if answer.get("error") in _PENDING:
            return None
        return _answer_of(profile, audience, profile.tenant_id, answer)

    @contextmanager
    def _application(self, profile: CloudProfile, audience: Audience, tenant_id: str) -> Iterator[Any]:
        """Yield the library's application at one tenant; its refusals and silences become ours."""
        import msal  # noqa: PLC0415 - heavy, and the sandbox needs none

        _silence_library()
        credential = self._credentials.credential(profile)
        kind = msal.PublicClientApplication if credential is None else msal.ConfidentialClientApplication
        options: dict[str, Any] = {} if credential is None else {"azure_region": False}
        service = _service(profile)
        try:
            yield kind(
                profile.client_id,
                client_credential=credential,
                authority=f"{profile.authority}/{tenant_id}",
                instance_discovery=profile.instance_discovery and profile.authority not in _OWN_AUTHORITIES,
                http_client=service,
                client_capabilities=CAPABILITIES,
                **options,
            )
        except DiscoveryRefused as refused:
            raise not_described(profile, audience, tenant_id, refused.text) from None
        except ValueError as error:
            # The library words what it does not understand of an answer, which may hold a token, as text.
            if _UNKNOWN_SERVICE in str(error):
                raise unknown_service(profile, audience, tenant_id) from None
            raise service.silence("an answer that can't be read") from None
        except (TypeError, KeyError, AttributeError, RuntimeError, msal.exceptions.MsalError) as error:
            raise service.silence(f"an answer of another shape, {type(error).__name__}") from None
        finally:
            service.close()


def _silence_library() -> None:
    """Keep the library's words out of every log: it writes answers of a token service there."""
    logging.getLogger("msal").setLevel(logging.CRITICAL + 1)


def _service(profile: CloudProfile) -> TokenService:
    """Return the way to a profile's token service; a file that vanished while we run is waited for."""
    try:
        return TokenService(profile)
    except InvalidInput as error:
        raise unusable(profile, str(error.details["field"]), error.message.rstrip(".")) from error


def _answer_of(
    profile: CloudProfile, audience: Audience, tenant_id: str, answer: Mapping[str, Any]
) -> TokenAnswer:
    if not answer.get("access_token"):
        raise _refused(profile, audience, tenant_id, answer)
    refresh_in = answer.get("refresh_in")
    return TokenAnswer(
        access_token=str(answer["access_token"]),
        expires_in_seconds=min(float(answer.get("expires_in", 0)), 7.0 * _DAY_SECONDS),
        refresh_in_seconds=None if refresh_in is None else float(refresh_in),
        refresh_token=str(answer.get("refresh_token", "")),
    )


def _refused(
    profile: CloudProfile, audience: Audience, tenant_id: str, answer: Mapping[str, Any]
) -> PlanSwitchError:
    error, text = str(answer.get("error", "")), str(answer.get("error_description", ""))
    codes = answer.get("error_codes")
    if isinstance(codes, list) and codes and "AADSTS" not in text:
        text = f"AADSTS{codes[0]}"
    return token_refused(profile, audience, tenant_id, error=error, text=text)


def _with_capabilities(claims: str) -> str:
    """Return claims with what this client is capable of, as the library adds it to its other requests."""
    challenge = json.loads(_readable(claims) or "{}")
    token = dict(challenge.get("access_token") or {}) | {"xms_cc": {"values": CAPABILITIES}}
    return json.dumps(challenge | {"access_token": token})


def _readable(claims: str) -> str:
    """Return claims that name an object, or nothing where a provider sent nonsense."""
    try:
        return claims if isinstance(json.loads(claims or "null"), dict) else ""
    except ValueError:
        return ""
