"""Sign-in of a person at a cloud, for a profile that acts in somebody's name (access#sign-in).

What is under way goes to whoever signs in as a sealed text, so that any console can finish it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from domain.kernel.errors import AccessLost, InvalidInput
from domain.kernel.shown_values import Words
from providers.access.cloud_access import CloudAccess
from providers.access.profiles import Audience, CloudProfile
from providers.access.token_refusals import token_refused
from providers.access.token_requests import TokenAnswer
from store.vault.sign_ins import KeptSignIn, SignInStore

#: A sign-in that is not finished within this begins anew.
FLOW_TIME = timedelta(minutes=15)
_BROWSER, _DEVICE = "browser", "device"
_BEGIN_AGAIN = "Begin the sign-in again."


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileState:
    """A profile, and who has signed in for it."""

    profile: CloudProfile
    sign_ins: tuple[KeptSignIn, ...]

    @property
    def missing(self) -> tuple[Audience, ...]:
        """Return the audiences for which somebody still has to sign in."""
        known = {each.audience for each in self.sign_ins}
        return tuple(each for each in self.profile.audiences_of_people if each.value not in known)


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowserSignIn:
    """A sign-in in a browser that has begun."""

    #: Page of the token service.
    address: str
    flow: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceSignIn:
    """A sign-in by a code that has begun."""

    #: Page on which the code is entered.
    address: str
    user_code: str
    flow: str
    #: Between two questions whether it is done.
    interval_seconds: float


class CloudSignIns:
    """What a person does to be signed in.

    Args:
        access: Profiles, and requests for tokens; None where this is a sandbox.
        store: Keeps refresh tokens.
    """

    def __init__(self, access: CloudAccess | None, store: SignInStore) -> None:
        self._access = access
        self._store = store

    def states(self) -> tuple[ProfileState, ...]:
        """Return every profile, with who has signed in for it; none where this is a sandbox."""
        if self._access is None:
            return ()
        kept = self._store.sign_ins()
        return tuple(
            ProfileState(profile=each, sign_ins=_of(each, kept)) for each in self._access.profiles.profiles
        )

    def begin(self, profile_name: str, *, redirect_uri: str) -> BrowserSignIn:
        """Begin a sign-in in a browser, by an authorization code with PKCE.

        Args:
            profile_name: Whose.
            redirect_uri: Where the browser is led then: this machine.

        Raises:
            InvalidInput: There is no such profile, nobody signs in for it, or the address is elsewhere.
            AccessLost, ProviderUnavailable, ProviderThrottled: The token service refuses, or can't.
        """
        _require_loopback(redirect_uri)
        access, profile = self._profile(profile_name)
        audience = profile.audiences_of_people[0]
        flow = access.requests.begun_sign_in(profile, audience, redirect_uri)
        return BrowserSignIn(address=str(flow["auth_uri"]), flow=self._sealed(_BROWSER, profile, flow))

    def finish(self, flow: str, returned: Mapping[str, str], *, actor: str) -> ProfileState:
        """Finish it by what the browser brought back; keep the refresh tokens.

        Args:
            flow: As `begin` gave it.
            returned: Fields that the token service sent along.
            actor: The operator in whose name somebody signed in.

        Raises:
            InvalidInput: Flow and fields do not belong together, or the time is over.
            AccessLost, ProviderUnavailable, ProviderThrottled: The token service refuses, or can't.
        """
        access, profile, begun = self._opened(_BROWSER, flow)
        audience = profile.audiences_of_people[0]
        if returned.get("error"):
            text = returned.get("error_description", "")
            raise token_refused(profile, audience, profile.tenant_id, error=returned["error"], text=text)
        try:
            answer = access.requests.finished_sign_in(profile, audience, begun, returned)
        except ValueError:
            raise InvalidInput(
                field="returned",
                value=Words("of another sign-in"),
                allowed="what the token service sent for this flow",
                remedy=_BEGIN_AGAIN,
            ) from None
        return self._keep(access, profile, answer, actor)

    def begin_device(self, profile_name: str) -> DeviceSignIn:
        """Begin a sign-in by a code that is entered on another device; raises as `begin`."""
        access, profile = self._profile(profile_name)
        if not profile.is_public_client:
            raise InvalidInput(
                field="profile",
                value=profile.name,
                allowed="a profile with is_public_client = true, for a code on another device",
                remedy="Sign in by a browser instead: leave --device-code out.",
            )
        flow = access.requests.begun_device(profile, profile.audiences_of_people[0])
        return DeviceSignIn(
            address=str(flow["verification_uri"]),
            user_code=str(flow["user_code"]),
            flow=self._sealed(_DEVICE, profile, flow),
            interval_seconds=float(flow.get("interval", 5)),
        )

    def finish_device(self, flow: str, *, actor: str) -> ProfileState | None:
        """Finish it if somebody has entered the code, else return None; raises as `finish`."""
        access, profile, begun = self._opened(_DEVICE, flow)
        answer = access.requests.finished_device(profile, profile.audiences_of_people[0], begun)
        return None if answer is None else self._keep(access, profile, answer, actor)

    def sign_out(self, profile_name: str) -> int:
        """Forget the refresh tokens of a profile; return how many there were.

        Raises:
            InvalidInput: There is no such profile.
        """
        return self._store.forget_sign_ins(self._required().profiles.named(profile_name).name)

    def _keep(
        self, access: CloudAccess, profile: CloudProfile, answer: TokenAnswer, actor: str
    ) -> ProfileState:
        """Keep a refresh token for each audience of people: one sign-in serves them all."""
        first, *others = profile.audiences_of_people
        tokens = {first: _refresh_token(profile, answer)}
        for audience in others:
            more = access.requests.of_refresh_token(profile, audience, profile.tenant_id, tokens[first])
            tokens[audience] = more.refresh_token or tokens[first]
        for audience, token in tokens.items():
            self._store.keep_sign_in(profile.name, audience.value, profile.client_id, token, actor=actor)
        return ProfileState(profile=profile, sign_ins=_of(profile, self._store.sign_ins()))

    def _required(self) -> CloudAccess:
        if self._access is None:
            raise InvalidInput(
                field="profile",
                value=Words("of no file"),
                allowed="a profile of the file that PLANSWITCH_CLOUD_FILE names; there is none",
                remedy="This installation works with the sandbox, where everybody is let in.",
            )
        return self._access

    def _profile(self, name: str) -> tuple[CloudAccess, CloudProfile]:
        access = self._required()
        profile = access.profiles.named(name)
        if not profile.audiences_of_people:
            raise InvalidInput(
                field="profile",
                value=name,
                allowed="a profile with grant = application_and_user",
                remedy="This profile acts as the application alone: nobody signs in for it.",
            )
        return access, profile

    def _sealed(self, kind: str, profile: CloudProfile, flow: Mapping[str, object]) -> str:
        ends_at = datetime.now(tz=UTC) + FLOW_TIME
        facts = {"kind": kind, "profile": profile.name, "ends_at": ends_at.isoformat(), "flow": flow}
        return self._store.sealed_flow(json.dumps(facts))

    def _opened(self, kind: str, flow: str) -> tuple[CloudAccess, CloudProfile, dict[str, object]]:
        facts = json.loads(self._store.opened_flow(flow))
        is_over = datetime.now(tz=UTC) >= datetime.fromisoformat(facts["ends_at"])
        if is_over or facts["kind"] != kind:
            raise InvalidInput(
                field="flow",
                value=Words("over" if is_over else "of another kind"),
                allowed=f"one that was begun within {FLOW_TIME.seconds // 60} minutes",
                remedy=_BEGIN_AGAIN,
            )
        access, profile = self._profile(facts["profile"])
        return access, profile, facts["flow"]


def _of(profile: CloudProfile, kept: tuple[KeptSignIn, ...]) -> tuple[KeptSignIn, ...]:
    """Return the sign-ins that a profile can use: those of its application."""
    return tuple(each for each in kept if (each.profile, each.client_id) == (profile.name, profile.client_id))


def _refresh_token(profile: CloudProfile, answer: TokenAnswer) -> str:
    if answer.refresh_token:
        return answer.refresh_token
    raise AccessLost(
        f"The token service gave the profile {profile.name} no refresh token.",
        action="let the application have refresh tokens",
        remedy="Grant the application `offline_access`, then sign in again.",
        profile=profile.name,
    )


def _require_loopback(redirect_uri: str) -> None:
    """Refuse to have a code sent to another machine."""
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http" or parts.hostname not in {"localhost", "127.0.0.1"} or parts.query:
        raise InvalidInput(
            field="redirect_uri",
            value=redirect_uri,
            allowed="an address of this machine, http://localhost:PORT",
        )
