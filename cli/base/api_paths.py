"""Addresses of the API: every part of one is escaped, so that no id can lead to another address."""

from __future__ import annotations

from urllib.parse import quote

from domain.kernel.errors import InvalidInput

_ROOT = "/api"
#: A client, or a server, would take these for a step to another folder, whatever their spelling.
_STEPS = frozenset({".", ".."})
_SEPARATORS = "/\\"


def api_path(*parts: str) -> str:
    """Return the path of an address of the API.

    Args:
        parts: What stands between the slashes, as it is: names of ours, and ids that a person gave.

    Raises:
        InvalidInput: A part is empty, or is no id but a path.
    """
    return "/".join([_ROOT, *(_escaped(part) for part in parts)])


def _escaped(part: str) -> str:
    text = part.strip()
    if not text or text in _STEPS or any(sign in text for sign in _SEPARATORS):
        raise InvalidInput(
            field="the id",
            value=part,
            allowed="an id or a name without slashes, not empty",
            remedy="`planswitch switch list` shows the ids of switches and organizations, `planswitch "
            "checkout list` those of drafts, `planswitch catalog list` the plans.",
        )
    return quote(text, safe="")
