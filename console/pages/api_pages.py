"""The reference of the API as a page of the console: no script, nothing of others, and behind the sign-in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.access.authentication import KEY_HEADER, Actor
from console.models.base import JsonObject
from console.words.api_reference import operations_by_tag
from console.words.openapi import PROBLEMS, openapi_of
from console.words.rendering import page
from console.words.return_paths import API_REFERENCE

router = APIRouter(include_in_schema=False)


@router.get("/api/openapi.json")
def openapi_document(request: Request, _actor: Actor) -> JsonObject:
    """Return the OpenAPI document."""
    return openapi_of(request.app)


@router.get(API_REFERENCE)
def reference_page(request: Request, actor: Actor) -> Response:
    """Show every operation with its fields and answers."""
    tags = operations_by_tag(openapi_of(request.app))
    problems = {int(status): text for status, text in PROBLEMS.items()}
    return page("api_reference.html", actor=actor, tags=tags, key_header=KEY_HEADER, problems=problems)
