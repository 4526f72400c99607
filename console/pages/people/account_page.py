"""The page of the own account: who is signed in, where, and with which keys (docs/people.md)."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Console, ConsoleDependencies, ShownCredential
from console.api.people.bodies import KeyBody, KeyEndBody, KeyRotationBody
from console.api.people.routes_account import SessionsEndBody
from console.models.people import shown_key, shown_session, who_asks
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.pages.people.grant_fields import grant_bodies
from console.pages.people.sign_in_pages import signed_out
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.people.keys import KEY_DAYS_DEFAULT, KEY_DAYS_MAX, OVERLAP_HOURS_DEFAULT, OVERLAP_HOURS_MAX
from domain.people.roles import Role
from services.people.api_keys import MadeKey, WantedKey
from services.people.credentials import Credential

router = APIRouter(include_in_schema=False)

ACCOUNT = "/account"
_OK = 200
_SEE_OTHER = 303


@router.get(ACCOUNT)
def account_page(credential: ShownCredential, console: Console) -> Response:
    """Show who is signed in, with sessions and keys."""
    return _shown(console, credential)


@router.post(f"{ACCOUNT}/sessions")
def end_sessions(request: Request, fields: Posted, credential: ShownCredential, console: Console) -> Response:
    """Sign one browser out, or every one where none is named."""
    actor, session_id = credential.principal.actor, text_of(fields, "session_id")
    try:
        body = body_of(SessionsEndBody, reason=text_of(fields, "reason") or "Signed out on the account page.")
        if session_id:
            console.sessions.end(session_id, account=actor, actor=actor, reason=body.reason)
        else:
            console.sessions.end_all(actor, actor=actor, reason=body.reason)
    except PlanSwitchError as error:
        return _shown(console, credential, error=error)
    is_out = credential.session_id != "" and session_id in {"", credential.session_id}
    return signed_out(request, console) if is_out else _to()


@router.post(f"{ACCOUNT}/keys")
def make_key(fields: Posted, credential: ShownCredential, console: Console) -> Response:
    """Make a key of the own account and show it this once."""
    try:
        body = body_of(
            KeyBody,
            label=text_of(fields, "label"),
            roles=grant_bodies(fields),
            days=number_of(fields, "days"),
            reason=text_of(fields, "reason"),
        )
        wanted = WantedKey(
            account=credential.principal.actor,
            label=body.label,
            scope=body.scope(),
            days=body.days,
            reason=body.reason,
        )
        made = console.api_keys.make(credential, wanted)
    except PlanSwitchError as error:
        return _shown(console, credential, error=error, kept=fields)
    return _shown(console, credential, made=made)


@router.post(f"{ACCOUNT}/keys/{{key_id}}/rotate")
def rotate_key(key_id: str, fields: Posted, credential: ShownCredential, console: Console) -> Response:
    """Make a key in place of another one and show it this once."""
    try:
        body = body_of(
            KeyRotationBody,
            days=KEY_DAYS_DEFAULT,
            overlap_hours=number_of(fields, "overlap_hours"),
            reason=text_of(fields, "reason"),
        )
        made = console.api_keys.rotate(
            credential, key_id, days=body.days, overlap_hours=body.overlap_hours, reason=body.reason
        )
    except PlanSwitchError as error:
        return _shown(console, credential, error=error)
    return _shown(console, credential, made=made)


@router.post(f"{ACCOUNT}/keys/{{key_id}}/revoke")
def revoke_key(key_id: str, fields: Posted, credential: ShownCredential, console: Console) -> Response:
    """Refuse a key of the own account from now on."""
    try:
        body = body_of(KeyEndBody, reason=text_of(fields, "reason"))
        console.api_keys.revoke(credential, key_id, reason=body.reason)
    except PlanSwitchError as error:
        return _shown(console, credential, error=error)
    return _to()


def _shown(
    console: ConsoleDependencies,
    credential: Credential,
    *,
    error: PlanSwitchError | None = None,
    made: MadeKey | None = None,
    kept: Fields | None = None,
) -> Response:
    actor, now = credential.principal.actor, console.now()
    keys = (shown_key(each, now) for each in console.store.api_keys.keys(actor))
    return page(
        "account.html",
        status=error.handling.http_status if error else _OK,
        actor=actor,
        who=who_asks(console.people, credential),
        sessions=[shown_session(each, credential.session_id) for each in console.sessions.of_account(actor)],
        keys=list(keys),
        made=made,
        told=error,
        kept=kept_texts(kept),
        roles=[role.value for role in Role],
        days=KEY_DAYS_DEFAULT,
        days_max=KEY_DAYS_MAX,
        overlap_hours=OVERLAP_HOURS_DEFAULT,
        overlap_hours_max=OVERLAP_HOURS_MAX,
        is_administrator=credential.principal.has(Role.ADMINISTRATOR),
    )


def _to(anchor: str = "") -> Response:
    return RedirectResponse(f"{ACCOUNT}{quote(anchor)}", status_code=_SEE_OTHER)
