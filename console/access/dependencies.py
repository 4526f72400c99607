"""What a request works with, and who asks: an API key, or the session of a browser that signed in.

The actor is never the client's word. Wrong keys leave a line in the log and are limited by address.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from typing import Annotated

import structlog
from fastapi import Depends, Request

from audit.seals.folder import SealFolder
from console.access.sessions import Sessions
from console.access.wrong_tries import KEYS, WrongTries
from domain.kernel.errors import PlanSwitchError
from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import Role
from ops.readiness.readiness import ReadinessWatch
from providers.access.cloud_access import CloudAccess
from providers.mail.smtp import MailServer
from services.assessment.deciders import Deciders
from services.base.tools import Tools
from services.histories.replayer import HistoryReplayer
from store.vault.secret_files import CHARACTERS_MIN

SESSION_COOKIE = "planswitch_session"
KEY_HEADER = "X-API-Key"
_BEARER = "bearer "
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ConsoleDependencies(Tools):
    """Everything that the endpoints use."""

    #: How the parts are on which switches depend.
    readiness: ReadinessWatch
    #: PostgreSQL of store and read models.
    database_url: str
    #: The operator's key; None refuses everybody.
    api_key: str | None
    #: Who acts when the key is used.
    actor: str
    sessions: Sessions
    #: Where seals are published.
    seals: SealFolder
    #: Decide pages of the history again, in other processes where several are asked for.
    deciders: Deciders
    #: Replays histories with the workflows of this version.
    replayer: HistoryReplayer
    #: Lets in at the clouds of the profiles; None: this is a sandbox.
    cloud_access: CloudAccess | None = None
    #: Signs the credit bureau's callbacks; empty takes none.
    credit_secret: bytes = b""
    wrong_tries: WrongTries = field(default_factory=WrongTries)

    #: Where mail goes out, for tests of it; None where no mail server is set.
    mail_server: MailServer | None = None
    #: Whom this installation calls support; "" where nobody is named.
    support_contact: str = ""


def dependencies(request: Request) -> ConsoleDependencies:
    """Return the dependencies of the app that serves `request`, with one catalog for the whole request."""
    shared = request.app.state.dependencies
    assert isinstance(shared, ConsoleDependencies)  # noqa: S101 - create_app put it there
    return replace(shared)


class Unauthorized(PlanSwitchError):
    """The request carries no key or session that is valid here."""

    code = "UNAUTHORIZED"


def principal_of(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> Principal:
    """Return who makes a request; the credential is checked once, however often this is called.

    Raises:
        Unauthorized: There is no valid key and no valid session.
        TooManyWrongTries: The address sent too many wrong keys; a session is still valid.
    """
    known = getattr(request.state, "principal", None)
    if isinstance(known, Principal):
        return known
    _require_known(request, console)
    principal = Principal(
        actor=console.actor,
        kind=PrincipalKind.SERVICE_ACCOUNT,
        grants=(Grant(role=Role.ADMINISTRATOR),),
        credential_id="api.key",
    )
    request.state.principal = principal
    return principal


Caller = Annotated[Principal, Depends(principal_of)]


def actor_of(request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]) -> str:
    """Return the name that events record for a request: the credential's, never the client's word."""
    return principal_of(request, console).actor


Actor = Annotated[str, Depends(actor_of)]


Console = Annotated[ConsoleDependencies, Depends(dependencies)]


def _require_known(request: Request, console: ConsoleDependencies) -> None:
    key = request_key(request)
    if _has_session(request, console) or (key and is_right_key(key, request, console)):
        return
    raise Unauthorized(
        "This needs the operator's API key.",
        remedy=f"Send it as `{KEY_HEADER}`; the embedded stack keeps it in keys/api.key of its folder.",
    )


def is_right_key(key: str, request: Request, console: ConsoleDependencies) -> bool:
    """Return whether a request brings the operator's key; a wrong one is logged and counted.

    Raises:
        TooManyWrongTries: The address sent too many wrong keys; this one is not looked at.
    """
    address = address_of(request)
    console.wrong_tries.require_room(KEYS, address)
    if is_key(key, console):
        return True
    console.wrong_tries.count(KEYS, address)
    _log.warning("key_refused", address=address)
    return False


def address_of(request: Request) -> str:
    """Return where a request comes from; behind a proxy that is trusted, what the proxy says."""
    return request.client.host if request.client else ""


def is_key(key: str, console: ConsoleDependencies) -> bool:
    """Return whether `key` is the operator's; takes the same time for every wrong key."""
    expected = console.api_key
    if expected is None or len(expected) < CHARACTERS_MIN:
        return False
    return hmac.compare_digest(key.encode(), expected.encode())


def request_key(request: Request) -> str:
    """Return the key that a request carries, or ""."""
    authorization = request.headers.get("Authorization", "")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()
    return request.headers.get(KEY_HEADER, "")


def _has_session(request: Request, console: ConsoleDependencies) -> bool:
    """Return whether a cookie is valid; a change must come from our own pages (no cross-site request)."""
    if request.method not in _SAFE_METHODS and request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    return console.sessions.is_valid(request.cookies.get(SESSION_COOKIE, ""))
