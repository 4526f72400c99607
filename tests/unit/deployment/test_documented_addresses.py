"""Addresses that documents and deployment files name are addresses of the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from console.access.api_roles import API_ROLES
from tools.tidy_sources import ROOT

_VERSION = "/api/v1/"
#: An address up to its query; `{switch}`, `SWITCH` and `…` stand for a value.
_ADDRESS = re.compile(r"/api/(?:v1/)?[a-z][A-Za-z0-9_{}./:…-]*")
#: No routes: the reference itself, and the beginnings of addresses.
_PAGES = frozenset({"/api/docs", "/api", "/api/organizations/ID"})
#: They tell of what was, or list files.
_HISTORY = ("docs/adr/", "CHANGELOG.md", "docs/code.md")


def _documents() -> Iterator[Path]:
    for pattern in ("*.md", "docs/**/*.md", "deploy/**/*"):
        for path in ROOT.glob(pattern):
            if path.is_file() and not str(path.relative_to(ROOT)).startswith(_HISTORY):
                yield path


def _matcher(route: str) -> re.Pattern[str]:
    """Return what matches a route with anything in the place of its values."""
    parts = [r"[^/]+" if "{" in each else re.escape(each) for each in route.split("/")]
    return re.compile("/".join(parts))


def test_every_address_in_a_document_is_a_route() -> None:
    """Whoever copies an address from a page reaches something (docs/operations.md#by-hand)."""
    routes = [_matcher(each.split(" ", 1)[1]) for each in API_ROLES]
    unknown = []
    for path in _documents():
        for match in _ADDRESS.finditer(path.read_text(encoding="utf-8")):
            address = match[0].rstrip(".:").replace(_VERSION, "/api/", 1).rstrip("/")
            if address in _PAGES or address.count("{") != address.count("}"):
                continue
            if not any(route.fullmatch(address) for route in routes):
                unknown.append(f"{path.relative_to(ROOT)}: {match[0]}")

    assert not unknown, "\n".join(unknown)
