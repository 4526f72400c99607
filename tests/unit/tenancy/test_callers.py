"""Who calls, by the token that lets this installation in (rules#wrong_role)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from domain.organizations.roles import APPLICATION, application_role, is_allowed, roles_allowed
from domain.ports.seller_port import Caller
from providers.microsoft.tenancy.callers import caller_of
from providers.microsoft.tenancy.token_claims import claims_in

PERSON = "0e1f7a30-5a0e-4a4c-9f5c-1d8f7f1f0001"
GLOBAL, HELPDESK = "62e90394-69f5-4237-9190-012177145e10", "729827e3-9c14-49f7-bb1b-9608f156bbb8"


def _token(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{body}.signature"


def _caller(**claims: Any) -> Caller:
    told = claims_in(_token(**claims))
    assert told is not None
    return caller_of(told)


def test_a_person_is_named_with_the_roles_that_the_token_tells() -> None:
    """A partner's people are not in the customer's directory: their roles stand in the token alone."""
    caller = _caller(scp="User.Read", oid=PERSON, wids=[GLOBAL.upper(), HELPDESK])

    assert caller == Caller(user_id=PERSON, roles=("Global Administrator",))


@pytest.mark.parametrize(
    "granted", ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]
)
def test_an_application_is_judged_by_what_it_was_granted(granted: str) -> None:
    """One permission that moves licenses is enough; its own id is nobody's."""
    assert _caller(roles=[granted], oid=PERSON, idtyp="app") == Caller()
    assert application_role(()) == APPLICATION


def test_an_application_without_the_permission_may_not() -> None:
    """The refusal names the permissions of which one is needed."""
    caller = _caller(roles=["User.Read.All"], idtyp="app")

    role = application_role(caller.lacking)
    assert "LicenseAssignment.ReadWrite.All" in role
    allowed = roles_allowed("enterprise", is_license_move=True)
    assert not is_allowed(role, allowed)
    assert is_allowed(APPLICATION, allowed)


def test_the_sandboxs_own_tokens_tell_nothing() -> None:
    """There a role that a request states counts."""
    assert claims_in("sandbox-contoso~2") is None
