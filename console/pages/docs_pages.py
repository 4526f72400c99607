"""The documents, and the reference of the API, as pages of the console.

A link of a reason leads to its paragraph also offline; there is no script, and nothing of others.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from posixpath import join, normpath

from fastapi import APIRouter, HTTPException, Request, Response
from markupsafe import Markup

from console.access.dependencies import KEY_HEADER, Actor
from console.models.base import JsonObject
from console.pages.markdown import Document, rendered
from console.words.openapi import PROBLEMS, openapi_of, operations_by_tag
from console.words.readers import API_REFERENCE
from console.words.rendering import page

router = APIRouter(include_in_schema=False)

#: Beside the packages, in the repository and in a wheel.
_DOCS = Path(__file__).parents[2] / "docs"
_RECORDS = "adr/"
_ELSEWHERE = ("http://", "https://")
_NOT_FOUND = 404


@router.get("/api/v1/openapi.json")
def openapi_document(request: Request, _actor: Actor) -> JsonObject:
    """Return the OpenAPI document."""
    return openapi_of(request.app)


@router.get(API_REFERENCE)
def reference_page(request: Request, actor: Actor) -> Response:
    """Show every operation with its fields and answers."""
    tags = operations_by_tag(openapi_of(request.app))
    problems = {int(status): text for status, text in PROBLEMS.items()}
    return page("api_reference.html", actor=actor, tags=tags, key_header=KEY_HEADER, problems=problems)


@router.get("/docs")
def contents_page(actor: Actor) -> Response:
    """List the documents, those on decisions last."""
    listed = {name: document_of(name) for name in names()}
    documents = {name: each for name, each in listed.items() if not name.startswith(_RECORDS)}
    records = {name: each for name, each in listed.items() if name.startswith(_RECORDS)}
    return page("docs.html", actor=actor, documents=documents, records=records)


@router.get("/docs/{name:path}")
def document_page(name: str, actor: Actor) -> Response:
    """Show one document, each heading under the anchor that links name."""
    if name not in names():
        raise HTTPException(_NOT_FOUND)
    shown = document_of(name)
    text = Markup(shown.html)  # noqa: S704  # the renderer lets no HTML of a document through
    return page("document.html", actor=actor, title=shown.title, text=text)


@cache
def names() -> tuple[str, ...]:
    """Return the names of all documents, below docs/."""
    return tuple(sorted(path.relative_to(_DOCS).as_posix() for path in _DOCS.rglob("*.md")))


@cache
def document_of(name: str) -> Document:
    """Return a document, ready to be shown."""
    text = (_DOCS / name).read_text(encoding="utf-8")
    return rendered(text, partial(address_of, name))


def address_of(name: str, link: str) -> str:
    """Return where a link of a document leads on its page; "" where the console shows no such thing.

    Args:
        name: The document that holds it.
        link: As it is written.
    """
    if link.startswith(("#", *_ELSEWHERE)):
        return link
    path, mark, anchor = link.partition("#")
    target = normpath(join(name, "..", path))
    return f"/docs/{target}{mark}{anchor}" if target in names() else ""
