"""Sign-in at the provider: what is under way, who came back, and what the claim of roles gives them.

What is under way goes to the browser as a sealed text, so that any console can finish it, and only for the
browser that began it (people#sign-in-at-a-provider).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.kernel.errors import InvalidInput
from domain.people.accounts import Account, Identity
from domain.people.claims import RoleMapping, claimed_values, grants_of_claim
from domain.people.principal import Grant
from providers.identity.openid_provider import OpenIdProvider, SignInRefused
from services.people.people import People
from services.people.sessions import Sessions
from store.switch_store import SwitchStore

#: A sign-in that is not finished within this begins anew.
FLOW_LIFETIME = timedelta(minutes=10)
_KIND = "console sign-in"
_AGAIN = "Begin the sign-in again, in this browser."
#: Claim by which a provider says that a mail address is the person's own.
_EMAIL, _EMAIL_VERIFIED = "email", "email_verified"


@dataclass(frozen=True, kw_only=True)
class ClaimSettings:
    """What is read from an id token.

    Args:
        name: Claim that names the account which the first sign-in opens.
        roles: Claim that has the roles; "": grants are given here alone.
        mapping: What its values mean.
    """

    name: str
    roles: str
    mapping: RoleMapping


@dataclass(frozen=True, kw_only=True)
class SignInProvider:
    """The provider of an installation, with what its claims mean."""

    provider: OpenIdProvider
    claims: ClaimSettings


@dataclass(frozen=True, kw_only=True)
class BegunSignIn:
    """Where the browser goes, and what it keeps until it comes back."""

    address: str
    flow: str


@dataclass(frozen=True, kw_only=True)
class FinishedSignIn:
    """Who signed in, with the token of the new session and the page that was asked for."""

    account: Account
    token: str
    next_path: str


class ProviderSignIn:
    """One sign-in, from its beginning to the session.

    Args:
        settings: The provider.
        store: Seals what is under way, and notes what is used up.
        people: Opens accounts.
        sessions: Begins sessions.
        now: Returns the present instant.
    """

    def __init__(
        self,
        settings: SignInProvider,
        store: SwitchStore,
        people: People,
        sessions: Sessions,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._provider, self._claims = settings.provider, settings.claims
        self._store = store
        self._people = people
        self._sessions = sessions
        self._now = now

    def begin(self, next_path: str) -> BegunSignIn:
        """Begin a sign-in.

        Args:
            next_path: Page of this console to go to then.

        Raises:
            ProviderUnavailable, SignInRefused: The provider does not answer, or is another one.
        """
        begun = self._provider.begin()
        facts = {
            "kind": _KIND,
            "ends_at": (self._now() + FLOW_LIFETIME).isoformat(),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_verifier": begun.code_verifier,
            "next": next_path,
        }
        flow = self._store.cloud_sign_ins.sealed_flow(json.dumps(facts))
        return BegunSignIn(address=begun.address, flow=flow)

    def finish(self, flow: str, returned: Mapping[str, str]) -> FinishedSignIn:
        """Finish a sign-in by what the browser brought back; each can be finished once.

        Args:
            flow: What the browser kept.
            returned: Query of its return: `code`, `state`, `iss`, `error`.

        Raises:
            SignInRefused: Both do not belong together, the time is over, it was finished before, the provider
                refused, or the person has no role here.
            ProviderUnavailable: The provider does not answer.
        """
        facts = self._opened(flow)
        if not hmac.compare_digest(returned.get("state", "").encode(), facts["state"].encode()):
            raise SignInRefused("This is the return of another sign-in.", remedy=_AGAIN)
        if returned.get("iss") not in {None, "", self._provider.issuer}:
            raise SignInRefused("This is the return from another provider.", remedy=_AGAIN)
        if returned.get("error") or not returned.get("code"):
            raise SignInRefused("The provider of sign-ins let nobody in.", remedy=_AGAIN)
        if not self._store.spend(f"sign-in:{facts['state']}", datetime.fromisoformat(facts["ends_at"])):
            raise SignInRefused("This sign-in was finished before.", remedy=_AGAIN)
        claims = self._provider.claims(
            returned["code"], nonce=facts["nonce"], code_verifier=facts["code_verifier"]
        )
        account = self._account_of(claims)
        token = self._sessions.begin(account.name, began_by="provider")
        return FinishedSignIn(account=account, token=token, next_path=facts["next"])

    def _opened(self, flow: str) -> dict[str, str]:
        try:
            facts: dict[str, str] = json.loads(self._store.cloud_sign_ins.opened_flow(flow))
        except InvalidInput:
            raise SignInRefused("No sign-in was begun in this browser.", remedy=_AGAIN) from None
        if facts.get("kind") != _KIND or self._now() >= datetime.fromisoformat(facts["ends_at"]):
            raise SignInRefused("This sign-in was begun too long ago.", remedy=_AGAIN)
        return facts

    def _account_of(self, claims: Mapping[str, object]) -> Account:
        """Return the account of whoever the claims are about, with the grants that they name."""
        identity = Identity(issuer=self._provider.issuer, subject=str(claims["sub"]))
        account = self._people.claimed(identity, self._name_of(claims), self._grants_of(claims))
        if account.is_blocked:
            raise SignInRefused(f"{account.name} is blocked here.", remedy="Ask an administrator.")
        if not account.grants:
            raise SignInRefused(
                f"{account.name} has no role here.",
                remedy="Ask an administrator: `planswitch people grant NAME ROLE --reason …`.",
            )
        return account

    def _grants_of(self, claims: Mapping[str, object]) -> tuple[Grant, ...] | None:
        """Return what the claim of roles gives; None: this installation reads none."""
        if not self._claims.roles:
            return None
        return grants_of_claim(self._claims.mapping, claimed_values(claims.get(self._claims.roles)))

    def _name_of(self, claims: Mapping[str, object]) -> str:
        """Return what a first sign-in is called; a mail address must be the person's own."""
        name = claims.get(self._claims.name)
        if self._claims.name == _EMAIL and claims.get(_EMAIL_VERIFIED) is False:
            name = None
        if not isinstance(name, str) or not name:
            raise SignInRefused(
                f"The id token has no usable claim {self._claims.name}, which names people here.",
                remedy="An administrator sets PLANSWITCH_OIDC_NAME_CLAIM to a claim that everybody has.",
            )
        return name
