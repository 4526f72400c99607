"""What a request works with, and who asks: a key, or the session of a browser that signed in.

The actor is never the client's word. Wrong keys leave a line in the log and are limited by address.
A request that shows a key is judged by the key, whatever cookie comes with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

import structlog
from fastapi import Depends, Request

from activities.signing.signatures import CommandKeys
from audit.seals.folder import SealFolder
from console.access.wrong_tries import ACCOUNTS, KEYS, WrongTries
from domain.kernel.errors import PlanSwitchError
from domain.people.accounts import Forbidden
from domain.people.principal import Principal
from domain.people.roles import Role
from ops.readiness.readiness import ReadinessWatch
from providers.access.cloud_access import CloudAccess
from providers.mail.smtp import MailServer
from services.assessment.deciders import Deciders
from services.base.tools import Tools
from services.histories.replayer import HistoryReplayer
from services.people.api_keys import ApiKeys
from services.people.credentials import Credential, Credentials
from services.people.people import People
from services.people.provider_sign_in import ProviderSignIn, SignInProvider
from services.people.sessions import Sessions

SESSION_COOKIE = "planswitch_session"
KEY_HEADER = "X-API-Key"
_BEARER = "bearer "
_KEY_ID = re.compile(r"(psk_[A-Za-z0-9]{1,64})_")
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})
_log = structlog.get_logger()


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, kw_only=True)
class ConsoleDependencies(Tools):
    """Everything that the endpoints use."""

    #: How the parts are on which switches depend.
    readiness: ReadinessWatch
    #: PostgreSQL of store and read models.
    database_url: str
    #: The installation's own key; None lets nobody in by it.
    api_key: str | None
    #: Account of that key.
    actor: str
    #: They make what only this installation can have made, such as one-time codes.
    command_keys: CommandKeys
    #: Where seals are published.
    seals: SealFolder
    #: Decide pages of the history again, in other processes where several are asked for.
    deciders: Deciders
    #: Replays histories with the workflows of this version.
    replayer: HistoryReplayer
    #: Lets in at the clouds of the profiles; None: this is a sandbox.
    cloud_access: CloudAccess | None = None
    #: Signs the credit bureau's callbacks; empty takes none.
    credit_secrets: tuple[bytes, ...] = ()
    wrong_tries: WrongTries = field(default_factory=WrongTries)
    #: Refusals that the access log took of each address.
    refusals: WrongTries = field(default_factory=WrongTries)

    #: Where mail goes out, for tests of it; None where no mail server is set.
    mail_server: MailServer | None = None
    #: Whom this installation calls support; "" where nobody is named.
    support_contact: str = ""
    #: How long after its first use an idempotency key counts as used.
    idempotency_kept_seconds: float = 86_400.0
    #: How long a read waits at most for the position that it names.
    read_wait_seconds: float = 5.0
    #: Where people sign in with OpenID Connect; None: nowhere.
    sign_in_provider: SignInProvider | None = None
    #: Where browsers find the console; "": by the address that they send.
    public_url: str = ""
    now: Callable[[], datetime] = utc_now

    @cached_property
    def people(self) -> People:
        """Return the accounts."""
        return People(self.store, local_actor=self.actor, now=self.now)

    @cached_property
    def credentials(self) -> Credentials:
        """Return who is let in by which key."""
        return Credentials(
            self.store,
            self.people,
            api_key=self.api_key,
            local_actor=self.actor,
            command_keys=self.command_keys,
            now=self.now,
        )

    @cached_property
    def sessions(self) -> Sessions:
        """Return the sessions of browsers, and the codes that begin one."""
        return Sessions(
            self.store,
            self.credentials,
            api_key=self.api_key,
            command_keys=self.command_keys,
            now=self.now,
        )

    @cached_property
    def api_keys(self) -> ApiKeys:
        """Return what makes and ends keys."""
        has_provider = self.sign_in_provider is not None
        return ApiKeys(self.store, self.people, has_provider=has_provider, now=self.now)

    @cached_property
    def provider_sign_in(self) -> ProviderSignIn | None:
        """Return the sign-in at the provider; None where there is none."""
        if self.sign_in_provider is None:
            return None
        return ProviderSignIn(self.sign_in_provider, self.store, self.people, self.sessions, now=self.now)


def dependencies(request: Request) -> ConsoleDependencies:
    """Return the dependencies of the app that serves `request`, with one catalog for the whole request."""
    shared = request.app.state.dependencies
    assert isinstance(shared, ConsoleDependencies)  # noqa: S101 - create_app put it there
    return replace(shared)


class Unauthorized(PlanSwitchError):
    """The request carries no key or session that is valid here."""

    code = "UNAUTHORIZED"


def credential_of(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> Credential:
    """Return the credential of a request; it is checked once, however often this is called.

    Raises:
        Unauthorized: There is no valid key and no valid session.
        TooManyWrongTries: The address sent too many wrong keys; a session is still valid.
        StoreUnavailable: PostgreSQL does not answer, so nobody can tell who is let in.
    """
    known = getattr(request.state, "credential", None)
    if isinstance(known, Credential):
        return known
    credential = _shown_credential(request, console)
    if credential is None:
        raise Unauthorized(
            "This needs an API key or a session.",
            remedy=f"Send it as `{KEY_HEADER}`; the embedded stack keeps it in keys/api.key of its folder.",
        )
    request.state.credential = credential
    request.state.principal = credential.principal
    return credential


def principal_of(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> Principal:
    """Return who makes a request; raises as `credential_of`."""
    known = getattr(request.state, "principal", None)
    return known if isinstance(known, Principal) else credential_of(request, console).principal


def administrator_of(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> Principal:
    """Return who makes a request that only an administrator over all organizations may make.

    Raises:
        Forbidden: The caller is none; raises as `credential_of` beside.
    """
    principal = principal_of(request, console)
    if not principal.has(Role.ADMINISTRATOR):
        raise Forbidden(
            f"{principal.actor} lacks the role administrator over all organizations.",
            remedy="Ask an administrator for the role, or to do it.",
        )
    return principal


Caller = Annotated[Principal, Depends(principal_of)]
Administrator = Annotated[Principal, Depends(administrator_of)]
ShownCredential = Annotated[Credential, Depends(credential_of)]


def actor_of(request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]) -> str:
    """Return the name that events record for a request: the credential's, never the client's word."""
    return principal_of(request, console).actor


Actor = Annotated[str, Depends(actor_of)]


async def authorized(request: Request) -> ConsoleDependencies:
    """Return what the endpoints use, narrowed to what the role of the route lets the caller see.

    `console/access/authorization.py` has judged the request before any endpoint asks for it.

    Raises:
        Unauthorized: Nobody has judged it.
    """
    console = getattr(request.state, "console", None)
    if not isinstance(console, ConsoleDependencies):
        raise Unauthorized(
            "Nobody has judged whether this request is allowed.", remedy="Report it with its request id."
        )
    return console


Console = Annotated[ConsoleDependencies, Depends(authorized)]


def _shown_credential(request: Request, console: ConsoleDependencies) -> Credential | None:
    key = request_key(request)
    if key:
        return credential_of_key(key, request, console)
    return _session_credential(request, console)


def credential_of_key(key: str, request: Request, console: ConsoleDependencies) -> Credential | None:
    """Return who somebody is by a key; one that lets nobody in is logged and counted.

    Raises:
        TooManyWrongTries: The address sent too many wrong keys; this one is not looked at.
    """
    address, account = address_of(request), account_of(key)
    console.wrong_tries.require_room(KEYS, address)
    if account:
        request.state.tried_credential = account
        console.wrong_tries.require_room(ACCOUNTS, account)
    credential = console.credentials.of_key(key)
    if credential is None:
        console.wrong_tries.count(KEYS, address)
        if account:
            console.wrong_tries.count(ACCOUNTS, account)
        _log.warning("key_refused", address=address)
    return credential


def account_of(key: str) -> str:
    """Return the public id that a key names, `psk_ID` of `psk_ID_SECRET`; "" where it names none."""
    named = _KEY_ID.match(key)
    return named[1] if named else ""


def address_of(request: Request) -> str:
    """Return where a request comes from; behind a proxy that is trusted, what the proxy says."""
    return request.client.host if request.client else ""


def request_key(request: Request) -> str:
    """Return the key that a request carries, or ""."""
    authorization = request.headers.get("Authorization", "")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()
    return request.headers.get(KEY_HEADER, "")


def is_foreign(request: Request) -> bool:
    """Return whether a page of another site sent a request; browsers say so, and no page can change it."""
    return request.headers.get("Sec-Fetch-Site") in _FOREIGN_SITES


def is_encrypted(request: Request, console: ConsoleDependencies) -> bool:
    """Return whether the browser speaks TLS, with the console or with a proxy before it that is trusted."""
    return request.url.scheme == "https" or console.public_url.startswith("https:")


def _session_credential(request: Request, console: ConsoleDependencies) -> Credential | None:
    """Return who is signed in by a cookie; a change must come from our own pages (no cross-site request)."""
    if request.method not in _SAFE_METHODS and request.headers.get("Sec-Fetch-Site") != "same-origin":
        return None
    return console.sessions.credential(request.cookies.get(SESSION_COOKIE, ""))
