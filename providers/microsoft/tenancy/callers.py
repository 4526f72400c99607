"""Who calls the directory, by the token that lets this installation in (rules#wrong_role)."""

from __future__ import annotations

from domain.ports.seller_port import Caller
from providers.access.profiles import Access
from providers.access.sandbox_tokens import is_of_sandbox
from providers.microsoft.tenancy.permissions import FEATURES
from providers.microsoft.tenancy.token_claims import TokenClaims, claims_in
from providers.transport.http import ProviderHttp

#: Template ids by which a token tells the roles of a person, also where the person is of a partner and not in
#: the organization's directory -> the directory's name of the role.
ROLE_TEMPLATES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": "License Administrator",
}
_MOVE = next(each for each in FEATURES if "change_licenses" in each.operations)
#: An application of which nothing is known to be granted.
_NOBODY = Caller(lacking=tuple(name for names in _MOVE.lacking(frozenset()) for name in names))


class TokenCallers:
    """Callers by their tokens; those of the sandbox tell nothing, and have none."""

    def __init__(self, directory: ProviderHttp) -> None:
        self._directory = directory

    def caller(self, organization_id: str) -> Caller | None:
        """Return who calls the directory of an organization; None under read-only access.

        There nobody can start anything, and a first look is not about what was not granted yet.
        """
        if self._directory.access_of(organization_id) is Access.READ:
            return None
        token = self._directory.token_of(organization_id)
        claims = claims_in(token)
        if claims is not None:
            return caller_of(claims)
        # A real token that can't be read says of nobody that they may; a client's word does not count there.
        return None if is_of_sandbox(token) else _NOBODY


def caller_of(claims: TokenClaims) -> Caller:
    """Return who calls with a token: a person, or an application with what it was granted."""
    if claims.is_of_person:
        named = (ROLE_TEMPLATES.get(each, "") for each in claims.role_ids)
        return Caller(user_id=claims.user_id, roles=tuple(name for name in named if name))
    return Caller(lacking=tuple(name for names in _MOVE.lacking(claims.permissions) for name in names))
