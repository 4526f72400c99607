"""Pages of people and service accounts, for administrators; every form does what the API does."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Administrator, Console, ConsoleDependencies, ShownCredential
from console.api.people.bodies import AccountBody, AccountChangeBody, GrantChangeBody, KeyBody, KeyEndBody
from console.api.people.routes_people import opened_account
from console.models.people import shown_account, shown_change, shown_key, shown_session
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.pages.people.grant_fields import grant_bodies, organizations_of
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.people.keys import KEY_DAYS_DEFAULT, KEY_DAYS_MAX
from domain.people.roles import Role
from services.people.api_keys import MadeKey, WantedKey

router = APIRouter(include_in_schema=False)

PEOPLE = "/people"
_OK = 200
_SEE_OTHER = 303


@router.get(PEOPLE)
def people_page(caller: Administrator, console: Console) -> Response:
    """Show everybody who may act here."""
    return _list(console, caller.actor)


@router.post(PEOPLE)
def open_account(fields: Posted, caller: Administrator, console: Console) -> Response:
    """Open an account."""
    try:
        body = body_of(
            AccountBody,
            name=text_of(fields, "name"),
            kind=text_of(fields, "kind"),
            grants=grant_bodies(fields) or (),
            owner=text_of(fields, "owner"),
            subject=text_of(fields, "subject"),
            reason=text_of(fields, "reason"),
        )
        account = opened_account(body, caller.actor, console)
    except PlanSwitchError as error:
        return _list(console, caller.actor, error=error, kept=fields)
    return _to(account.name)


@router.get(f"{PEOPLE}/{{name}}")
def account_page(name: str, caller: Administrator, console: Console) -> Response:
    """Show an account with its changes, keys and sessions."""
    return _one(console, name, caller.actor)


@router.post(f"{PEOPLE}/{{name}}/grants")
def change_grants(name: str, fields: Posted, caller: Administrator, console: Console) -> Response:
    """Grant a role, or withdraw one."""
    try:
        body = body_of(
            GrantChangeBody,
            role=text_of(fields, "role"),
            organizations=organizations_of(fields),
            reason=text_of(fields, "reason"),
        )
        grant = body.grant()
        if text_of(fields, "act") == "withdraw":
            console.people.withdraw(
                name, grant.role, grant.organizations, by=caller.actor, reason=body.reason
            )
        else:
            console.people.grant(name, grant, by=caller.actor, reason=body.reason)
    except PlanSwitchError as error:
        return _one(console, name, caller.actor, error=error, kept=fields)
    return _to(name)


@router.post(f"{PEOPLE}/{{name}}/block")
def block_account(name: str, fields: Posted, caller: Administrator, console: Console) -> Response:
    """Refuse an account, let it in again, or sign its browsers out."""
    act = text_of(fields, "act")
    try:
        reason = body_of(AccountChangeBody, reason=text_of(fields, "reason")).reason
        if act == "unblock":
            console.people.unblock(name, by=caller.actor, reason=reason)
        elif act == "sign-out":
            console.sessions.end_all(name, actor=caller.actor, reason=reason)
        else:
            console.people.block(name, by=caller.actor, reason=reason)
    except PlanSwitchError as error:
        return _one(console, name, caller.actor, error=error, kept=fields)
    return _to(name)


@router.post(f"{PEOPLE}/{{name}}/keys")
def make_key(
    name: str, fields: Posted, caller: Administrator, credential: ShownCredential, console: Console
) -> Response:
    """Make a key of an account and show it this once."""
    try:
        body = body_of(
            KeyBody,
            account=name,
            label=text_of(fields, "label"),
            roles=grant_bodies(fields),
            days=number_of(fields, "days"),
            reason=text_of(fields, "reason"),
        )
        wanted = WantedKey(
            account=name, label=body.label, scope=body.scope(), days=body.days, reason=body.reason
        )
        made = console.api_keys.make(credential, wanted)
    except PlanSwitchError as error:
        return _one(console, name, caller.actor, error=error, kept=fields)
    return _one(console, name, caller.actor, made=made)


@router.post(f"{PEOPLE}/{{name}}/keys/{{key_id}}/revoke")
def revoke_key(
    *,
    name: str,
    key_id: str,
    fields: Posted,
    caller: Administrator,
    credential: ShownCredential,
    console: Console,
) -> Response:
    """Refuse a key from now on."""
    try:
        body = body_of(KeyEndBody, reason=text_of(fields, "reason"))
        console.api_keys.revoke(credential, key_id, reason=body.reason)
    except PlanSwitchError as error:
        return _one(console, name, caller.actor, error=error)
    return _to(name)


def _list(
    console: ConsoleDependencies,
    actor: str,
    *,
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    provider = console.sign_in_provider
    return page(
        "people.html",
        status=error.handling.http_status if error else _OK,
        actor=actor,
        accounts=[shown_account(each) for each in console.people.accounts()],
        issuer=provider.provider.issuer if provider else "",
        roles=[role.value for role in Role],
        told=error,
        kept=kept_texts(kept),
    )


def _one(
    console: ConsoleDependencies,
    name: str,
    actor: str,
    *,
    error: PlanSwitchError | None = None,
    made: MadeKey | None = None,
    kept: Fields | None = None,
) -> Response:
    now = console.now()
    return page(
        "person.html",
        status=error.handling.http_status if error else _OK,
        actor=actor,
        account=shown_account(console.people.account(name)),
        changes=[shown_change(each) for each in console.people.versions(name)],
        keys=[shown_key(each, now) for each in console.store.api_keys.keys(name)],
        sessions=[shown_session(each, "") for each in console.sessions.of_account(name)],
        has_provider=console.sign_in_provider is not None,
        roles=[role.value for role in Role],
        days=KEY_DAYS_DEFAULT,
        days_max=KEY_DAYS_MAX,
        made=made,
        told=error,
        kept=kept_texts(kept),
    )


def _to(name: str) -> Response:
    return RedirectResponse(f"{PEOPLE}/{quote(name, safe='')}", status_code=_SEE_OTHER)
