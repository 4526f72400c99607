"""The rules as a page of the console, so that the link of a reason leads to its paragraph also offline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from console.authentication import Actor
from console.rendering import page

router = APIRouter(include_in_schema=False)

_RULES = Path(__file__).parents[1] / "docs" / "rules.md"
_HEADING = re.compile(r"^(#{1,4}) (.+)$")
_NO_ANCHOR = re.compile(r"[^a-z0-9_ -]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A heading and the text below it, as it was written."""

    level: int
    title: str
    anchor: str
    text: str


@router.get("/docs/rules.md")
def rules_page(actor: Actor) -> Response:
    """Show the rules, each heading under the anchor that links name."""
    return page("rules.html", actor=actor, chapters=chapters_of(_RULES))


@cache
def chapters_of(path: Path) -> tuple[Chapter, ...]:
    """Return the chapters of a document that begins with a heading."""
    found: list[tuple[str, str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = _HEADING.match(line)
        if heading:
            found.append((heading[1], heading[2], []))
        else:
            found[-1][2].append(line)
    return tuple(
        Chapter(level=len(marks), title=title, anchor=anchor_of(title), text="\n".join(lines).strip())
        for marks, title, lines in found
    )


def anchor_of(title: str) -> str:
    """Return the anchor of a heading: lower case, without punctuation, blanks as hyphens."""
    return _NO_ANCHOR.sub("", title.lower()).replace(" ", "-")
