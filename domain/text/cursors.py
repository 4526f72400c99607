"""Cursors of lists: where the next page begins, as one text that says nothing to whoever carries it.

A cursor holds which list and filters it belongs to and the place of the last row, never an offset: rows that
come or go move nobody's page. It grants nothing, so that it has a checksum and no signature.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from domain.kernel.errors import InvalidInput

#: No cursor is longer.
CURSOR_MAX = 1_024
_FIELD = "cursor"
_ALLOWED = "what the page before gave as `next_cursor`, whole and as it was"
_REMEDY = "Begin again at the first page, without cursor."
_TEXT = re.compile(r"[A-Za-z0-9_-]{1,1024}")
_CHECK_BYTES = 6
_QUESTION_DIGITS = 16
_GROUP = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """The place where the next page begins.

    Args:
        question: Digest of list and filters, as `question_digest` gives it.
        place: What names the last row of the page before.
    """

    question: str
    place: str

    def text(self) -> str:
        """Return the cursor as a text for an address."""
        content = json.dumps([self.question, self.place], separators=(",", ":")).encode()
        return urlsafe_b64encode(_check(content) + content).decode().rstrip("=")


def cursor_of(text: str, question: str) -> Cursor:
    """Return the cursor that a text is.

    Args:
        text: What somebody sent.
        question: Digest of the list and the filters to which it is sent.

    Raises:
        InvalidInput: It was altered, is none, or belongs to another list or to other filters.
    """
    cursor = _read(text)
    if cursor is None or cursor.text() != text:
        raise InvalidInput(field=_FIELD, value=text, allowed=_ALLOWED, remedy=_REMEDY)
    if cursor.question != question:
        allowed = "a cursor of this address with the same filters"
        raise InvalidInput(field=_FIELD, value=text, allowed=allowed, remedy=_REMEDY)
    return cursor


def question_digest(*parts: str) -> str:
    """Return what tells one list with its filters from another.

    Args:
        parts: Address and filters, in a fixed order.
    """
    return sha256(json.dumps(parts).encode()).hexdigest()[:_QUESTION_DIGITS]


def _read(text: str) -> Cursor | None:
    if len(text) > CURSOR_MAX or _TEXT.fullmatch(text) is None or len(text) % _GROUP == 1:
        return None
    whole = urlsafe_b64decode(text + "=" * (-len(text) % _GROUP))
    check, content = whole[:_CHECK_BYTES], whole[_CHECK_BYTES:]
    if check != _check(content):
        return None
    question, place = json.loads(content)
    return Cursor(question=question, place=place)


def _check(content: bytes) -> bytes:
    return sha256(content).digest()[:_CHECK_BYTES]
