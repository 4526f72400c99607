"""What a token says of itself: for whom it is, of which tenant, and what it allows.

Nothing is verified here, since only the provider can: it tells a person what was granted, and never lets
anybody in.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

_PARTS = 3
#: Word of a second factor among the ways in which somebody proved who they are (RFC 8176).
_SECOND_FACTOR = "mfa"


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenClaims:
    """The claims that a check looks at."""

    audience: str
    tenant_id: str
    #: Of the application, or of what it may do for a person.
    permissions: frozenset[str]
    #: It stands for a person beside the application.
    is_of_person: bool
    has_second_factor: bool
    #: Directory id of the person, or of the application where there is none.
    user_id: str = ""
    #: Template ids of the person's roles, in lower case.
    role_ids: tuple[str, ...] = ()


def claims_in(token: str) -> TokenClaims | None:
    """Return what a token says of itself; None for one that tells nothing, as those of the sandbox do.

    Args:
        token: Bearer token.
    """
    body = _body_of(token)
    if body is None:
        return None
    scopes = frozenset(str(body.get("scp") or "").split())
    roles = body.get("roles") or ()
    return TokenClaims(
        audience=str(body.get("aud") or "").rstrip("/"),
        tenant_id=str(body.get("tid") or "").lower(),
        permissions=scopes | frozenset(str(each) for each in roles if isinstance(roles, list)),
        is_of_person=bool(scopes) or str(body.get("idtyp") or "") == "user",
        has_second_factor=_SECOND_FACTOR in (body.get("amr") or ()),
        user_id=str(body.get("oid") or ""),
        role_ids=_texts(body.get("wids")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each).lower() for each in value) if isinstance(value, list) else ()


def _body_of(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        body = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        return None
    return body if isinstance(body, dict) else None
