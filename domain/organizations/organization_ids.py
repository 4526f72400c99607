"""Ids of organizations: what one looks like, and how somebody finds it who has a name."""

from __future__ import annotations

import re
from uuid import UUID

from domain.kernel.errors import InvalidInput

#: How to find the id where a name was given.
FIND_ID = (
    "Give the organization's directory id, not its name: `planswitch switch show SWITCH` names it for a"
    " switch, and the directory shows it among the organization's properties."
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def require_organization_id(text: str, *, field: str = "organization_id") -> str:
    """Return a text that may be the id of an organization.

    Raises:
        InvalidInput: It has blanks or other characters that no id has, such as a name.
    """
    if not _ID.fullmatch(text):
        allowed = (
            "a directory id, such as 6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d: letters, digits, dots, dashes and"
            " underscores, at most 128"
        )
        raise InvalidInput(field=field, value=text, allowed=allowed, remedy=FIND_ID)
    return text


def is_whole_id(text: str) -> bool:
    """Return whether a text has the form that the directory gives its ids (RFC 9562)."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def canonical_id(text: str) -> str:
    """Return an id of directory or seller in the one spelling in which it is recorded.

    Ids are alike in any case (RFC 9562): one in capitals must name the same organization, switch and request.
    A text of another form stays as it is.
    """
    bare = text.strip()
    return bare.lower() if is_whole_id(bare) else text
