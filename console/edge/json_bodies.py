"""JSON bodies are read once by ourselves, before the framework does: anything else is refused."""

from __future__ import annotations

from fastapi import Request

from domain.kernel.errors import PlanSwitchError
from domain.text.json_text import read_json

JSON = "application/json"
BODY = "body"
_SUFFIX = "+json"


class MediaTypeRefused(PlanSwitchError):
    """A body is of another kind than the address takes; nothing was changed."""

    code = "MEDIA_TYPE_REFUSED"


def require_json_type(request: Request) -> None:
    """Refuse a body that says it is no JSON.

    Raises:
        MediaTypeRefused: Its content type is another one, or none.
    """
    media_type = request.headers.get("Content-Type", "")
    kind = media_type.partition(";")[0].strip().lower()
    if kind == JSON or (kind.startswith("application/") and kind.endswith(_SUFFIX)):
        return
    what = f"is {media_type[:100]!r}" if media_type else "is missing"
    raise MediaTypeRefused(
        f"The header Content-Type {what}; allowed: {JSON}.",
        remedy=f"Send one JSON object with the header `Content-Type: {JSON}`; nothing was changed.",
    )


def require_json(content: bytes) -> None:
    """Refuse what is no JSON, and JSON that could be read in two ways.

    Raises:
        InvalidInput: It is not; the message says where.
    """
    read_json(content, field=BODY)
