"""Tokens of all profiles: kept, renewed before they end, and asked for anew when a provider refuses one.

One is kept for each tenant, audience and grant (access#tokens). Whoever needs the same one waits for it;
others are not held up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from domain.kernel.errors import AccessLost, PlanSwitchError
from domain.kernel.ids import require_directory_id
from providers.access.credentials import Credentials
from providers.access.profiles import Audience, CloudProfile, CloudProfiles, Grant
from providers.access.sandbox_tokens import SandboxTokens
from providers.access.token_refusals import not_signed_in
from providers.access.token_requests import TokenAnswer, TokenRequests

#: A token is renewed so long before it ends, or after four fifths of its time if that is sooner.
RENEWED_SECONDS_BEFORE = 300.0
_RENEWED_PART = 0.2
#: What the token service refused is not asked for again within this time: many users fail at once.
REFUSED_SECONDS = 5.0
#: A token whose renewal failed is used on until so long before its end, and as long until it is tried again.
_LAST_SECONDS = 30.0
_log = structlog.get_logger()


class SignIns(Protocol):
    """Where the refresh tokens of people who signed in are kept."""

    def renewed(
        self, profile: str, audience: str, client_id: str, redeem: Callable[[str], tuple[str, TokenAnswer]]
    ) -> TokenAnswer | None:
        """Hold the refresh token of a profile and audience, and keep the one that `redeem` returns instead.

        Nobody else redeems it meanwhile, in no process.

        Args:
            profile: Name of the profile.
            audience: For whom.
            client_id: Of the application; a token of another one is none.
            redeem: Gets the refresh token; returns the one to keep, and the answer.

        Returns:
            The answer of `redeem`; None where nobody has signed in.
        """


class NoSignIns:
    """Nobody has signed in: for what works without a database."""

    def renewed(
        self,
        profile: str,  # noqa: ARG002 - nobody has signed in for any
        audience: str,  # noqa: ARG002
        client_id: str,  # noqa: ARG002
        redeem: Callable[[str], tuple[str, TokenAnswer]],  # noqa: ARG002
    ) -> TokenAnswer | None:
        """Return None."""
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Key:
    """What one kept token is for."""

    profile: str
    tenant_id: str
    audience: Audience
    grant: Grant


@dataclass(kw_only=True)
class _Kept:
    """A token, or why there is none; changed under its lock alone."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = ""
    #: Readings of the clock.
    renewed_at: float = 0.0
    ends_at: float = 0.0
    refusal: AccessLost | None = None
    refused_at: float = 0.0


class ProfileTokens:
    """The bearer tokens of every profile; safe to use from several threads.

    Args:
        profiles: They say who signs in where.
        requests: Asks the token services.
        credentials: Of the interfaces of our own.
        sign_ins: Refresh tokens of people.
        clock: Tells seconds.
    """

    def __init__(
        self,
        profiles: CloudProfiles,
        requests: TokenRequests,
        credentials: Credentials,
        sign_ins: SignIns,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._profiles = profiles
        self._requests = requests
        self._credentials = credentials
        self._sign_ins = sign_ins
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[_Key, _Kept] = {}
        self._sandbox = SandboxTokens()

    def token(self, organization_id: str, audience: Audience) -> str:
        """Return a token that is valid now for an organization at an audience.

        Raises:
            InvalidInput: The organization's id is none.
            AccessLost: There is none until somebody acts.
            ProviderUnavailable: The token service does not answer, or can't.
            ProviderThrottled: The token service asks to wait.
        """
        profile = self._profiles.of(organization_id)
        if audience is Audience.INTERFACES:
            token = self._credentials.interfaces_token(profile)
            return token or self._sandbox.token(organization_id, audience)
        return self._current(profile, organization_id, audience)

    def renewed(self, organization_id: str, audience: Audience, *, refused: str, claims: str = "") -> str:
        """Return another token than the one that was refused, which meets `claims`; raises as `token`."""
        profile = self._profiles.of(organization_id)
        if audience is Audience.INTERFACES:
            token = self._credentials.interfaces_token(profile)
            return token or self._sandbox.renewed(organization_id, audience, refused=refused)
        key = _key(profile, organization_id, audience)
        kept = self._entry(key)
        with kept.lock:
            if kept.token == refused:
                kept.token = ""
                self._ask(profile, key, kept, claims)
        return self._current(profile, organization_id, audience)

    def _current(self, profile: CloudProfile, organization_id: str, audience: Audience) -> str:
        key = _key(profile, organization_id, audience)
        kept = self._entry(key)
        with kept.lock:
            now = self._clock()
            if kept.token and now < kept.renewed_at:
                return kept.token
            try:
                self._ask(profile, key, kept, "")
            except PlanSwitchError:
                # The one at hand is still good for a while; its end tells everybody.
                if not kept.token or now >= kept.ends_at - _LAST_SECONDS:
                    raise
                # A service that is silent holds up nobody but the one who asks.
                kept.renewed_at = min(self._clock() + _LAST_SECONDS, kept.ends_at - _LAST_SECONDS)
            return kept.token

    def _entry(self, key: _Key) -> _Kept:
        with self._lock:
            return self._kept.setdefault(key, _Kept())

    def _ask(self, profile: CloudProfile, key: _Key, kept: _Kept, claims: str) -> None:
        """Put a new token into an entry whose lock is held."""
        now = self._clock()
        if kept.refusal is not None and now < kept.refused_at + REFUSED_SECONDS:
            raise _repeated(kept.refusal)
        try:
            answer = self._answer_to(profile, key, claims)
        except AccessLost as lost:
            kept.refusal, kept.refused_at = lost, now
            _log.warning("access_lost", vendor_code=lost.vendor_code, **_facts(key))
            raise
        lasts = answer.expires_in_seconds
        early = min(RENEWED_SECONDS_BEFORE, lasts * _RENEWED_PART)
        kept.token, kept.refusal = answer.access_token, None
        kept.ends_at = now + lasts
        kept.renewed_at = now + min(lasts - early, answer.refresh_in_seconds or lasts)
        _log.info("token_renewed", seconds=round(lasts), **_facts(key))

    def _answer_to(self, profile: CloudProfile, key: _Key, claims: str) -> TokenAnswer:
        audience, tenant_id = key.audience, key.tenant_id
        if key.grant is Grant.APPLICATION:
            return self._requests.of_application(profile, audience, tenant_id, claims=claims)

        def redeem(refresh_token: str) -> tuple[str, TokenAnswer]:
            answer = self._requests.of_refresh_token(
                profile, audience, tenant_id, refresh_token, claims=claims
            )
            return answer.refresh_token or refresh_token, answer

        answer = self._sign_ins.renewed(profile.name, audience.value, profile.client_id, redeem)
        if answer is None:
            raise not_signed_in(profile, audience, tenant_id)
        return answer


def _key(profile: CloudProfile, organization_id: str, audience: Audience) -> _Key:
    return _Key(
        profile=profile.name,
        tenant_id=profile.tenant_of(audience, require_directory_id(organization_id)),
        audience=audience,
        grant=profile.grant_of(audience),
    )


def _repeated(lost: AccessLost) -> AccessLost:
    """Return the same error as another object: several threads raise it."""
    details = {name: each for name, each in lost.details.items() if name not in {"awaited", "vendor_code"}}
    awaited = lost.details["awaited"]
    return AccessLost(
        lost.message,
        action=awaited.action,
        remedy=awaited.remedy,
        party=awaited.party,
        vendor_code=lost.vendor_code,
        **details,
    )


def _facts(key: _Key) -> dict[str, str]:
    """Return what a line of the log tells of a token; nothing of it is secret."""
    return {
        "profile": key.profile,
        "tenant_id": key.tenant_id,
        "audience": key.audience.value,
        "grant": key.grant.value,
    }
