"""Endpoints of API keys: list, make, rotate and revoke (docs/people.md#keys)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from console.access.dependencies import Console, ShownCredential
from console.api.people.bodies import KeyBody, KeyEndBody, KeyRotationBody
from console.models.people import KeyList, NewKey, ShownKey, shown_key
from domain.people.accounts import NAME_CHARACTERS_MAX
from services.people.api_keys import WantedKey

router = APIRouter(prefix="/api/v1/keys", tags=["people"])

_NO_STORE = "no-store"


@router.get("")
def list_keys(
    credential: ShownCredential,
    console: Console,
    account: Annotated[str | None, Query(max_length=NAME_CHARACTERS_MAX)] = None,
) -> KeyList:
    """List keys: the caller's own, or for an administrator those of everybody; secrets are kept by nobody."""
    now = console.now()
    keys = console.api_keys.visible(credential, account)
    return KeyList(keys=tuple(shown_key(each, now) for each in keys))


@router.post("", status_code=201)
def make_key(body: KeyBody, credential: ShownCredential, console: Console, response: Response) -> NewKey:
    """Make a key; its text is in this answer and never again."""
    wanted = WantedKey(
        account=body.account or credential.principal.actor,
        label=body.label,
        scope=body.scope(),
        days=body.days,
        reason=body.reason,
    )
    made = console.api_keys.make(credential, wanted)
    response.headers["Cache-Control"] = _NO_STORE
    return NewKey(key=shown_key(made.key, console.now()), text=made.text)


@router.post("/{key_id}/rotate", status_code=201)
def rotate_key(
    key_id: str, body: KeyRotationBody, credential: ShownCredential, console: Console, response: Response
) -> NewKey:
    """Make a key in place of another one, which goes on for the overlap."""
    made = console.api_keys.rotate(
        credential, key_id, days=body.days, overlap_hours=body.overlap_hours, reason=body.reason
    )
    response.headers["Cache-Control"] = _NO_STORE
    return NewKey(key=shown_key(made.key, console.now()), text=made.text)


@router.post("/{key_id}/revoke")
def revoke_key(key_id: str, body: KeyEndBody, credential: ShownCredential, console: Console) -> ShownKey:
    """Refuse a key from now on, with every session that came from it."""
    key = console.api_keys.revoke(credential, key_id, reason=body.reason)
    return shown_key(key, console.now())
