"""Seals: how they stand, and the published files, as C2SP's tlog-tiles lays them out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastapi import APIRouter, Response

from audit.seals.folder import POLICY_PATH
from audit.seals.state import SealFacts, seal_state
from audit.transparency.tiles import CHECKPOINT_PATH
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.models.base import view_of
from console.models.seals import NewestSeal, SealKey, Seals
from domain.kernel.errors import PlanSwitchError
from projections.reads.shown_rows import instant_text

router = APIRouter(tags=["seals"])

_TEXT, _BINARY = "text/plain; charset=utf-8", "application/octet-stream"
#: What was published under the name of a tile never changes. It is behind a key, so no shared cache keeps it.
_FOR_EVER, _ANEW = "private, max-age=31536000, immutable", "no-cache"
#: Names of tiles and bundles by tlog-tiles; nothing else of the folder is served.
_TILE = re.compile(r"(?:[0-9]|[1-5][0-9]|6[0-3]|entries)(?:/x[0-9]{3})*/[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?")


class SealFileAbsent(PlanSwitchError):
    """The folder of seals has no such file."""

    code = "NOT_FOUND"


@router.get("/api/v1/seals")
def show_seals(_actor: Actor, console: Console) -> Seals:
    """Show the newest seal, its age, what no seal covers yet, and the keys that sign."""
    state, now = seal_state(console.store, console.seals), datetime.now(tz=UTC)
    return Seals(
        newest=None if state.newest is None else _newest(state.newest, now),
        folder=state.folder,
        published_size=state.published_size,
        unsealed_events=state.unsealed_events,
        unsealed_calls=state.unsealed_calls,
        keys=tuple(view_of(SealKey, key) for key in state.keys),
    )


@router.get("/seals/checkpoint", include_in_schema=False)
def show_checkpoint(_actor: Actor, console: Console) -> Response:
    """Return the newest published checkpoint, a signed note."""
    return _file(console, CHECKPOINT_PATH, media_type=_TEXT, caching=_ANEW)


@router.get("/seals/policy", include_in_schema=False)
def show_policy(_actor: Actor, console: Console) -> Response:
    """Return the policy with the keys of the log; compare it with a copy that came another way."""
    return _file(console, POLICY_PATH, media_type=_TEXT, caching=_ANEW)


@router.get("/seals/tile/{name:path}", include_in_schema=False)
def show_tile(name: str, _actor: Actor, console: Console) -> Response:
    """Return a tile of hashes, or a bundle of leaves (`entries/…`)."""
    if not _TILE.fullmatch(name):
        raise _absent(f"tile/{name}")
    return _file(console, f"tile/{name}", media_type=_BINARY, caching=_FOR_EVER)


def _file(console: ConsoleDependencies, name: str, *, media_type: str, caching: str) -> Response:
    content = console.seals.read(name)
    if content is None:
        raise _absent(name)
    return Response(content, media_type=media_type, headers={"Cache-Control": caching})


def _absent(name: str) -> SealFileAbsent:
    return SealFileAbsent(
        f"No seal is published as {name[:128]}.",
        remedy="A partial tile that became full is there without `.p` and its width; `planswitch seal show` "
        "tells how the seals stand.",
    )


def _newest(seal: SealFacts, now: datetime) -> NewestSeal:
    return NewestSeal(
        origin=seal.origin,
        tree_size=seal.tree_size,
        root=seal.root,
        sealed_at=instant_text(seal.sealed_at),
        age_seconds=max((now - seal.sealed_at).total_seconds(), 0.0),
    )
