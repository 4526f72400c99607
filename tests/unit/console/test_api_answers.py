"""Kind of fault: an answer of the API that no program can rely on, since nothing says what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import JsonValue, ValidationError

from console.app import create_app
from console.models.base import Absent, Answer, JsonObject, Recorded, view_of
from console.words.openapi import openapi_of
from domain.text.schema_words import Document, resolved

SUCCESSES = ("200", "201")
JSON = "application/json"
#: Answers a stream of events, whose data are declared as `NamedSwitch`.
STREAM = "get /api/v1/switches/{switch}/events"
#: Answers a stream of events, whose data are declared as `EventRow`.
CHANGES = "get /api/v1/changes"
#: Ends the addresses of exported lists, whose rows are those of the list.
EXPORT = ".{form}"
#: Answers a file.
FILE = "get /api/v1/switches/{switch}/bundle"
LIST_FILE = "get /api/v1/user-preview"
LOG_FILE = "get /api/v1/access-log/export"
VIEW_FILE = "get /api/v1/views/{view}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Something that happened at an instant."""

    at: datetime
    what: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldWhy(Told):
    """The same with its reason."""

    why: str


class Page(Answer):
    """An answer of the tests."""

    told: tuple[Recorded[Told], ...] = ()
    note: Absent[str] = None
    evidence: Absent[JsonObject] = None


@pytest.fixture(name="app")
def _app() -> FastAPI:
    return create_app(Mock())


def _answers(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield each operation with the schema of what it answers where all is well."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status in SUCCESSES:
                content = operation["responses"].get(status, {}).get("content", {})
                if JSON in content:
                    yield f"{method} {path}", content[JSON]["schema"]


def _is_declared(document: Document, schema: Document) -> bool:
    """Tell whether a schema names the fields of the answer."""
    found = resolved(document, schema)
    parts = found.get("anyOf")
    return all(_is_declared(document, each) for each in parts) if parts else bool(found.get("properties"))


def test_every_route_declares_what_it_answers(app: FastAPI) -> None:
    """The OpenAPI document names the fields of every answer; a new route without a model is listed here."""
    document = openapi_of(app)
    answers = dict(_answers(document))
    every = {f"{method} {path}" for path, methods in document["paths"].items() for method in methods}

    assert len(every) > 45
    undeclared = {each for each in every - answers.keys() if not each.endswith(EXPORT)}
    assert undeclared == {STREAM, CHANGES, FILE, LIST_FILE, LOG_FILE, VIEW_FILE}
    assert [name for name, schema in answers.items() if not _is_declared(document, schema)] == []


def test_a_route_without_a_model_is_found(app: FastAPI) -> None:
    """The check above sees what it is for: an answer that is any object."""

    @app.get("/api/v1/untold")
    def untold() -> dict[str, Any]:
        """Answer something."""
        return {}

    document = openapi_of(app)

    assert [name for name, schema in _answers(document) if not _is_declared(document, schema)] == [
        "get /api/v1/untold"
    ]


def _has_any(kind: Any) -> bool:
    """Tell whether a type is, or is made of, anything at all."""
    return kind is Any or any(_has_any(each) for each in get_args(kind))


def test_no_route_takes_or_returns_anything_at_all(app: FastAPI) -> None:
    """What an endpoint takes and returns has a type, so that a misspelled field fails before it runs."""
    routes = [each for each in app.state.routes if isinstance(each, APIRoute)]
    untyped = [
        f"{route.path} {name}"
        for route in routes
        for name, kind in get_type_hints(route.endpoint).items()
        if _has_any(kind)
    ]

    assert len(routes) > 60
    assert untyped == []


def test_a_client_may_meet_fields_that_it_does_not_know(app: FastAPI) -> None:
    """No schema of an answer, or of a part of one, forbids more fields; those of bodies do."""
    schemas = openapi_of(app)["components"]["schemas"]
    closed = {name for name, each in schemas.items() if each.get("additionalProperties") is False}

    assert {name for name in closed if not name.endswith("Body")} == set()
    assert "SwitchBody" in closed


def test_a_field_that_nobody_declared_is_no_silent_loss() -> None:
    """What a model does not have is refused where it is made, and not dropped on the way out."""
    with pytest.raises(ValidationError, match="unknown"):
        Page.model_validate({"unknown": 1})


def test_instants_have_one_spelling() -> None:
    """They go out in UTC with a `Z`, those of the record and in its evidence too; texts stay as they are."""
    at = datetime(2026, 11, 29, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    noted: dict[str, JsonValue] = {
        "at": "2026-11-29T12:00:00.5+00:00",
        "said": ["2026-11-29T12:00:00+00:00", "at 12:00:00+00:00"],
    }
    page = Page(told=(Told(at=at),), evidence=noted)
    schema = Page.model_json_schema(mode="serialization")

    assert json.loads(page.model_dump_json()) == {
        "told": [{"at": "2026-11-29T12:00:00Z", "what": ""}],
        "evidence": {
            "at": "2026-11-29T12:00:00.5Z",
            "said": ["2026-11-29T12:00:00Z", "at 12:00:00+00:00"],
        },
    }
    assert schema["$defs"]["Told"]["properties"]["at"]["format"] == "date-time"


def test_what_is_absent_is_no_null() -> None:
    """A field that an answer has only at times is not there at others."""
    assert Page().model_dump() == {"told": ()}
    assert Page(note="x").model_dump() == {"told": (), "note": "x"}


def test_a_wider_kind_has_the_fields_of_the_narrower_one() -> None:
    """Nothing is copied field by field where an answer only adds to what is there."""
    told = Told(at=datetime(2026, 11, 29, tzinfo=UTC))

    assert view_of(ToldWhy, told, why="so") == ToldWhy(at=told.at, why="so")
