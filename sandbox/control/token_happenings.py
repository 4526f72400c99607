"""What a fault program does with tokens: those that clients hold, and the next ones that are given."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from sandbox.authority.token_routes import TOKEN_FAULTS as MARKED
from sandbox.cloud.state import Sandbox
from sandbox.faults.fault_calls import Call
from sandbox.identity.compact_tokens import token_parts

_EXPIRED, _CHALLENGED, _REVOKED = "token_expired", "claims_challenge", "sessions_revoked"
#: Faults of the next token that is given.
_GIVEN = frozenset({"audience_wrong", "mfa_missing"})
#: Every fault that is carried out here.
TOKEN_FAULTS = frozenset({_EXPIRED, _CHALLENGED, _REVOKED}) | _GIVEN


class TokenHappenings:
    """Carries out the faults of tokens.

    Args:
        sandbox: Where they happen.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def happen(self, fault: str, call: Call, scope: Scope) -> None:
        """Carry out a fault, before the request that it came with.

        Args:
            fault: Its word.
            call: The request.
            scope: Takes what the authority has to know.
        """
        authorization = Headers(scope=scope).get("authorization", "")
        if fault in _GIVEN:
            scope[MARKED] = scope.get(MARKED, frozenset()) | {fault}
        elif fault == _REVOKED:
            self._sandbox.commit(
                "sessions_revoked", actor="hand", tenant_id=_tenant_of(authorization, call.organization_id)
            )
        else:
            is_challenged = fault == _CHALLENGED
            self._sandbox.faults.revoke(authorization, call.organization_id, is_challenged=is_challenged)


def _tenant_of(authorization: str, organization_id: str) -> str:
    """Return the tenant that gave a token, that of the call where there is none."""
    parts = token_parts(authorization.removeprefix("Bearer "))
    return str(parts[1].get("tid", organization_id)) if parts else organization_id
