"""Endpoint of bundles: everything that proves one switch in one file (audit#take-the-proof-with-you)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from console.access.dependencies import Actor, Console
from services.audit.bundles import bundle_file

router = APIRouter(prefix="/api/v1", tags=["audit"])

ZIP = "application/zip"
_BYTES = 256 * 1024
_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The bundle: a zip whose members docs/audit.md names.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/switches/{switch}/bundle", response_class=StreamingResponse, responses=_ANSWER)
def export_bundle(switch: str, _actor: Actor, console: Console) -> StreamingResponse:
    """Return everything that proves a switch in one file, to be checked without this installation."""
    file, summary = bundle_file(console, console.seals.read, switch)
    headers = {"Content-Disposition": f'attachment; filename="planswitch-audit-{summary.switch_id}.zip"'}
    return StreamingResponse(_parts(file), media_type=ZIP, headers=headers)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_BYTES):
            yield part
