"""Fields of a form that name a role, and the organizations over which it holds."""

from __future__ import annotations

import re

from console.api.people.bodies import GrantBody
from console.pages.checkout_forms import Fields, body_of, text_of

_SEPARATOR = re.compile(r"[\s,;]+")


def organizations_of(fields: Fields) -> tuple[str, ...] | None:
    """Return the organizations that a form names, with commas or blanks between; None: all."""
    ids = tuple(each for each in _SEPARATOR.split(text_of(fields, "organizations")) if each)
    return ids or None


def grant_bodies(fields: Fields) -> tuple[GrantBody, ...] | None:
    """Return the role that a form names, as the API takes it; None where it names none.

    Raises:
        InvalidInput: The role is unknown, or an organization has no id.
    """
    role = text_of(fields, "role")
    if not role:
        return None
    return (body_of(GrantBody, role=role, organizations=organizations_of(fields)),)
