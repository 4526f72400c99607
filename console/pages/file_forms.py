"""Forms of a page that send a file: the fields beside it, and the file as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Annotated

from fastapi import Depends, Request

from domain.kernel.errors import InvalidInput
from domain.text.plain_text import require_plain_text

#: Name of the field that holds the file.
FILE = "file"
_LINE_END = b"\r\n"
_NAME = re.compile(r'\bname="([^"]*)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class FileForm:
    """What was sent."""

    #: As of any other form.
    fields: dict[str, list[str]]
    content: bytes


async def posted_file(request: Request) -> FileForm:
    """Return a posted form with its file; how long it may be, `console/edge/body_limits.py` says.

    Raises:
        InvalidInput: It is no form with a file.
        UnacceptableText: A field beside the file has a control character.
    """
    parts = dict(_parts(request.headers.get("Content-Type", ""), await request.body()))
    content = parts.pop(FILE, None)
    if content is None:
        raise InvalidInput(field=FILE, value=None, allowed="a form of multipart/form-data with a file")
    fields = {name: [value.decode("utf-8", errors="replace")] for name, value in parts.items()}
    require_plain_text(fields)
    return FileForm(fields=fields, content=content)


def _parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Return the name and the content of each part (RFC 7578)."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        return []
    separator = _LINE_END + b"--" + boundary.encode("latin-1", errors="replace")
    # The first piece stands before the form, the last one behind its end.
    pieces = (_LINE_END + body).split(separator)[1:-1]
    return [_part(piece) for piece in pieces]


def _part(piece: bytes) -> tuple[str, bytes]:
    headers, _, content = piece.partition(_LINE_END * 2)
    name = _NAME.search(headers.decode("utf-8", errors="replace"))
    return name[1] if name else "", content


PostedFile = Annotated[FileForm, Depends(posted_file)]
