"""Which organization a request is about: the one that its path, body or query names (roles#scope)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request

from console.access.dependencies import ConsoleDependencies
from console.access.route_roles import Over
from domain.kernel.errors import AmbiguousSwitch, InvalidInput, UnknownCheckout, UnknownSwitch
from services.base.tools import Tools
from services.checkouts.checkouts import visible_checkout, whole_id

#: Fields of bodies, forms and queries that name an organization.
_FIELDS = ("organization_id", "organization")
_JSON = "json"
#: What is an id or its beginning, and the name of nothing.
_BEGINNING = re.compile(r"[0-9A-Fa-f-]{8,36}")


def named_organizations(
    request: Request, visible: ConsoleDependencies, over: Over, body: bytes
) -> tuple[str, ...]:
    """Return the organizations that a request is about, in lower case.

    It is none where the caller may see nothing of that id or name: the handler then answers as it does to
    what does not exist.

    Args:
        request: With its path.
        visible: What the caller may see as a viewer.
        over: Where the organization is named.
        body: Of the request.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    path = request.path_params
    match over:
        case Over.SWITCH:
            return _of_switch(visible, path["switch"])
        case Over.CHECKOUT:
            return _of_checkout(visible, path["checkout_id"])
        case Over.PATH:
            return _whole(visible, path["organization_id"])
        case Over.BODY:
            return _named_in(_fields(request, body))
        case Over.QUERY:
            return _named_in(request.query_params)
        case _:
            return ()


def is_id(text: str) -> bool:
    """Return whether a text is an id or the beginning of one, and no name."""
    return _BEGINNING.fullmatch(text.strip()) is not None


def _of_switch(visible: Tools, text: str) -> tuple[str, ...]:
    try:
        row = visible.reads.switch_to_change(text) if is_id(text) else visible.reads.switch(text)
    except (AmbiguousSwitch, UnknownSwitch, InvalidInput):
        return ()
    return (row.organization_id.lower(),)


def _of_checkout(visible: Tools, text: str) -> tuple[str, ...]:
    try:
        return (visible_checkout(visible, whole_id(visible, text)).organization_id.lower(),)
    except (UnknownCheckout, InvalidInput):
        return ()


def _whole(visible: Tools, text: str) -> tuple[str, ...]:
    """Return the whole id for what a path names: an id, its beginning, or a name that is known."""
    if visible.reads.sees(text):
        return (text.strip().lower(),)
    try:
        return (visible.reads.organization(text).lower(),)
    except InvalidInput:
        return (text.strip().lower(),)


def _fields(request: Request, body: bytes) -> Mapping[str, object]:
    """Return the fields of a JSON object or a form; what can't be read has none: its handler refuses it."""
    if _JSON in request.headers.get("Content-Type", ""):
        try:
            document = json.loads(body)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}
    try:
        form = parse_qs(body.decode("utf-8", errors="replace"), keep_blank_values=True)
    except ValueError:
        return {}
    return {name: values[0] for name, values in form.items()}


def _named_in(fields: Mapping[str, object]) -> tuple[str, ...]:
    texts = (fields.get(name) for name in _FIELDS)
    return tuple(text.strip().lower() for text in texts if isinstance(text, str) and text.strip())
