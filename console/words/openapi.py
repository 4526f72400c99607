"""The OpenAPI document, with the problems and keys of every operation; and its words for a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from console.words.field_words import add_field_words
from console.words.header_names import (
    AFTER_HEADER,
    KEY_HEADER,
    KEY_PATTERN,
    POSITION_HEADER,
    REPLAYED_HEADER,
)
from console.words.operation_links import add_links
from console.words.operation_words import add_words
from domain.text.schema_words import Document, kind_of, resolved
from providers.reference.callback_signatures import HEADER as SIGNATURE_HEADER

#: Media type of a problem document (RFC 9457).
PROBLEM_TYPE = "application/problem+json"
_METHODS = ("get", "post", "put", "patch", "delete")
_NO_ANCHOR = re.compile(r"[^a-z0-9]+")
PROBLEM = {"$ref": "#/components/schemas/Problem"}
#: Statuses that any operation may answer, and when.
PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "It is no request of HTTP.",
    HTTPStatus.UNAUTHORIZED: "The key or the signature is missing or wrong.",
    HTTPStatus.FORBIDDEN: "The caller's role does not allow it.",
    HTTPStatus.NOT_FOUND: "What it names does not exist.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address takes another method; `Allow` names it.",
    HTTPStatus.REQUEST_TIMEOUT: "It did not arrive in time.",
    HTTPStatus.CONFLICT: "The rules, or something that has changed, do not allow it.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too long.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is no JSON, by its header.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A field is missing, unknown, or has a value that is not allowed.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many wrong keys; `Retry-After` says how long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are too long.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The server failed; nothing that a client sends should do that.",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part on which it depends does not answer.",
}
_REASON = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "Stable code; docs/rules.md#reasons lists them."},
        "message": {"type": "string", "description": "Why not."},
        "remedy": {"type": "string", "description": "What to do."},
        "docs": {"type": "string", "description": "Where the code is explained."},
    },
}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What happened, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "remedy", "reasons", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "URN of the code."},
        "title": {"type": "string", "description": "The code in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What happened."},
        "code": {"type": "string", "description": "Stable code."},
        "remedy": {"type": "string", "description": "What to do."},
        "field": {"type": "string", "description": "The refused field; absent if there is none."},
        "reasons": {"type": "array", "items": _REASON, "description": "Every reason of a refusal."},
        "candidates": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Ids of what an ambiguous text may mean; absent if there are none.",
        },
        "request_id": {"type": "string", "description": "Names the request in the console's log."},
    },
    "example": {
        "type": "urn:planswitch:error:unknown-switch",
        "title": "Unknown switch",
        "status": 404,
        "detail": "No switch has the id ffffffff.",
        "code": "UNKNOWN_SWITCH",
        "remedy": "`GET /api/v1/switches` lists the switches.",
        "reasons": [],
        "request_id": "9f0c6d1e-5d1b-4f7e-8f0e-0c1a2b3d4e5f",
    },
}
_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key as a bearer token."},
    "session": {"type": "apiKey", "in": "cookie", "name": "planswitch_session"},
    "signature": {"type": "apiKey", "in": "header", "name": SIGNATURE_HEADER},
}
_SIGNED_IN: list[dict[str, list[str]]] = [{"key": []}, {"bearer": []}, {"session": []}]
#: Addresses that need no key, and what they need instead.
_OWN_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "/api/v1/health": [],
    "/api/v1/ready": [],
    "/api/callbacks/credit": [{"signature": []}],
}
#: Parameter and headers of every write (docs/api-data.md#writes).
_KEY_PARAMETER: dict[str, Any] = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer, and acts once",
    "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
}
_WRITE_HEADERS: dict[str, Any] = {
    POSITION_HEADER: {
        "description": f"Place in the log; a read with it as {AFTER_HEADER} shows what was written",
        "schema": {"type": "integer"},
    },
    REPLAYED_HEADER: {"description": "The answer was given before", "schema": {"const": "true"}},
}
#: What the framework documents and this console never answers.
_FOREIGN = ("HTTPValidationError", "ValidationError")
#: Classes that share a name -> their names in the document. The framework would name their modules, which
#: are others once the product is installed (ADR 21).
_SHARED_NAMES = {
    "asof__differences__Difference": "StateDifference",
    "assessments__records__Verdict": "AssessmentVerdict",
    "story__verdict__Verdict": "StoryVerdict",
    "whatif__decisions__Difference": "DecisionDifference",
}
_REFERENCE = "#/components/schemas/"
#: What the framework says of a success without words of its own, and what the document says.
_UNTOLD, _DONE = "Successful Response", "It is as asked."


def operation_id_of(route: APIRoute) -> str:
    """Return the id of a route's operation: the name of its function, which is a name for a client's too."""
    return route.name


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the document of an app; it is made once."""
    if app.openapi_schema is None:
        document = app.openapi()
        add_field_words(document.get("components", {}).get("schemas", {}), app.state.routes)
        app.openapi_schema = _completed(_renamed(document))
    return app.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FOREIGN:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    _open_answers(document)
    components["securitySchemes"] = _SCHEMES
    document["security"] = _SIGNED_IN
    for path, operation in _operations(document):
        if path in _OWN_SECURITY:
            operation["security"] = _OWN_SECURITY[path]
        for answer in operation["responses"].values():
            if answer["description"] == _UNTOLD:
                answer["description"] = _DONE
        _add_problems(operation["responses"])
    add_words(document)
    add_links(document)
    _add_write_headers(document)
    return document


def _add_write_headers(document: dict[str, Any]) -> None:
    """Tell of each write that it takes an idempotency key, and answers with its place in the log."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in _METHODS or method == "get" or path in _OWN_SECURITY:
                continue
            operation.setdefault("parameters", []).append(_KEY_PARAMETER)
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    answer["headers"] = {**answer.get("headers", {}), **_WRITE_HEADERS}


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with a name of its own for each class."""
    schemas = document.get("components", {}).get("schemas", {})
    names = {name: _own_name(name) for name in schemas if "__" in name}
    named: dict[str, Any] = _with_references(
        document, {f"{_REFERENCE}{old}": new for old, new in names.items()}
    )
    if names:
        named["components"]["schemas"] = {
            names.get(name, name): {**schema, "title": names[name]} if name in names else schema
            for name, schema in named["components"]["schemas"].items()
        }
    return named


def _own_name(name: str) -> str:
    module, _, own = name.rpartition("__")
    spelled = module.rpartition("__")[2].title().replace("_", "") + own
    return next((new for end, new in _SHARED_NAMES.items() if name.endswith(end)), spelled)


def _with_references(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, list):
        return [_with_references(each, names) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: f"{_REFERENCE}{names[each]}"
        if key == "$ref" and each in names
        else _with_references(each, names)
        for key, each in part.items()
    }


def _open_answers(document: dict[str, Any]) -> None:
    """Let answers have more fields than the document names: a later version adds some; bodies stay closed."""
    operations = {
        each["schema"].get("$ref", "").rpartition("/")[2]
        for _, operation in _operations(document)
        for each in operation.get("requestBody", {}).get("content", {}).values()
    }
    for name, schema in document["components"]["schemas"].items():
        if name not in operations and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((path, operation) for method, operation in methods.items() if method in _METHODS)


def _add_problems(responses: dict[str, Any]) -> None:
    for status, text in PROBLEMS.items():
        known = responses.get(str(int(status)), {})
        content = {**known.get("content", {}), PROBLEM_TYPE: {"schema": PROBLEM}}
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            known, content = {}, {PROBLEM_TYPE: {"schema": PROBLEM}}
        responses[str(int(status))] = {"description": known.get("description", text), "content": content}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    #: path, query, header, body or answer.
    place: str
    is_required: bool
    #: Type and bounds in words.
    kind: str
    #: What it is when it is left out; "" where nothing is.
    default: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A status that an operation may answer with."""

    status: str
    text: str
    kind: str
    #: What an object of it holds; of one that may have several shapes, the fields of all.
    fields: tuple[Field, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    anchor: str
    text: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]


def operations_by_tag(document: Document) -> dict[str, list[Operation]]:
    """Return the operations of an OpenAPI document by their first tag, in the order of the document."""
    operations: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                facts = methods[method]
                tag = next(iter(facts.get("tags", ())), "other")
                operations.setdefault(tag, []).append(_operation(document, path, method, facts))
    return operations


def _operation(document: Document, path: str, method: str, facts: Document) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        anchor=_NO_ANCHOR.sub("-", f"{method} {path}".lower()).strip("-"),
        text=facts.get("description") or facts.get("summary", ""),
        fields=(*_parameters(document, facts), *_body_fields(document, facts)),
        answers=tuple(_answers(document, facts)),
    )


def _parameters(document: Document, facts: Document) -> Iterable[Field]:
    for each in facts.get("parameters", ()):
        schema = {"description": each.get("description", ""), **each["schema"]}
        yield _field(
            document, each["name"], schema, place=each["in"], is_required=each.get("required", False)
        )


def _body_fields(document: Document, facts: Document) -> Iterable[Field]:
    for media_type, content in facts.get("requestBody", {}).get("content", {}).items():
        schema = resolved(document, content.get("schema", {}))
        required = schema.get("required", ())
        if not schema.get("properties"):
            yield _field(document, media_type, schema, place="body", is_required=True)
        for name, part in schema.get("properties", {}).items():
            yield _field(document, name, part, place="body", is_required=name in required)


def _field(document: Document, name: str, schema: Document, *, place: str, is_required: bool) -> Field:
    default = schema.get("default")
    return Field(
        name=name,
        place=place,
        is_required=is_required,
        kind=kind_of(document, schema),
        default="" if default in (None, "", []) else str(default),
        text=schema.get("description", ""),
    )


def _answers(document: Document, facts: Document) -> Iterable[Answer]:
    for status, answer in facts.get("responses", {}).items():
        if set(answer.get("content", {})) == {PROBLEM_TYPE}:
            # Every operation has the same ones; the page tells them once.
            continue
        schemas = [each.get("schema", {}) for each in answer.get("content", {}).values()]
        fields = {each.name: each for schema in schemas for each in _answer_fields(document, schema)}
        yield Answer(
            status=status,
            text=answer.get("description", ""),
            kind=", or ".join(dict.fromkeys(kind_of(document, schema) for schema in schemas)),
            fields=tuple(fields.values()),
        )


def _answer_fields(document: Document, schema: Document) -> Iterable[Field]:
    schema = resolved(document, schema)
    for each in schema.get("anyOf", ()):
        yield from _answer_fields(document, each)
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield _field(document, name, part, place="answer", is_required=name in required)
