"""Endpoints of people and service accounts, for administrators (docs/people.md)."""

from __future__ import annotations

from fastapi import APIRouter

from console.access.dependencies import Administrator, Console, ConsoleDependencies
from console.api.people.bodies import AccountBody, AccountChangeBody, GrantChangeBody
from console.models.people import (
    AccountDetails,
    AccountList,
    EndedSessions,
    ShownAccount,
    shown_account,
    shown_change,
    shown_key,
    shown_session,
)
from domain.kernel.errors import InvalidInput
from domain.people.accounts import Account

router = APIRouter(prefix="/api/v1/people", tags=["people"])


@router.get("")
def list_people(_caller: Administrator, console: Console) -> AccountList:
    """List every person and service account, by name."""
    return AccountList(accounts=tuple(map(shown_account, console.people.accounts())))


@router.post("", status_code=201)
def open_account(body: AccountBody, caller: Administrator, console: Console) -> ShownAccount:
    """Open an account for a person or a program."""
    return shown_account(opened_account(body, caller.actor, console))


@router.get("/{name}")
def show_account(name: str, _caller: Administrator, console: Console) -> AccountDetails:
    """Show an account with every change, its keys and its open sessions."""
    now = console.now()
    return AccountDetails(
        account=shown_account(console.people.account(name)),
        changes=tuple(map(shown_change, console.people.versions(name))),
        keys=tuple(shown_key(each, now) for each in console.store.api_keys.keys(name)),
        sessions=tuple(shown_session(each, "") for each in console.sessions.of_account(name)),
    )


@router.post("/{name}/grants")
def grant_role(name: str, body: GrantChangeBody, caller: Administrator, console: Console) -> ShownAccount:
    """Grant a role; it counts from the next request on."""
    account = console.people.grant(name, body.grant(), by=caller.actor, reason=body.reason)
    return shown_account(account)


@router.post("/{name}/withdrawals")
def withdraw_role(name: str, body: GrantChangeBody, caller: Administrator, console: Console) -> ShownAccount:
    """Withdraw a role; it counts from the next request on."""
    grant = body.grant()
    account = console.people.withdraw(
        name, grant.role, grant.organizations, by=caller.actor, reason=body.reason
    )
    return shown_account(account)


@router.post("/{name}/block")
def block_account(
    name: str, body: AccountChangeBody, caller: Administrator, console: Console
) -> ShownAccount:
    """Refuse the keys of an account from now on, and end its sessions."""
    return shown_account(console.people.block(name, by=caller.actor, reason=body.reason))


@router.post("/{name}/unblock")
def unblock_account(
    name: str, body: AccountChangeBody, caller: Administrator, console: Console
) -> ShownAccount:
    """Let an account in again; sessions that ended stay ended."""
    return shown_account(console.people.unblock(name, by=caller.actor, reason=body.reason))


@router.post("/{name}/sign-out")
def sign_account_out(
    name: str, body: AccountChangeBody, caller: Administrator, console: Console
) -> EndedSessions:
    """Sign every browser of an account out, at every console."""
    account = console.people.account(name)
    count = console.sessions.end_all(account.name, actor=caller.actor, reason=body.reason)
    return EndedSessions(count=count)


def opened_account(body: AccountBody, caller: str, console: ConsoleDependencies) -> Account:
    """Open the account that a body asks for.

    Raises:
        InvalidInput: It names a person at a provider, and there is none; or it can't be so.
        AccountExists: The name is taken, or that person has an account.
        UnknownAccount: Nobody of the owner's name may act here.
    """
    provider = console.sign_in_provider
    if body.subject and provider is None:
        raise InvalidInput(
            field="subject",
            value=body.subject,
            allowed="nothing: no provider of sign-ins is set (PLANSWITCH_OIDC_ISSUER)",
        )
    if body.owner:
        console.people.account(body.owner)
    account = body.account(caller, provider.provider.issuer if provider else "")
    return console.people.open(account, by=caller, reason=body.reason)
