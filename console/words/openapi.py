"""The OpenAPI document, with the problems and keys of every operation; and its words for a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

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
    HTTPStatus.FORBIDDEN: "Whoever asks is known and lacks the role for it.",
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
        "code": {"type": "string"},
        "message": {"type": "string"},
        "remedy": {"type": "string"},
    },
}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What happened, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "remedy", "reasons", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "URN of the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
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
    "/api/health": [],
    "/api/ready": [],
    "/api/callbacks/credit": [{"signature": []}],
}
#: What the framework documents and this console never answers.
_FOREIGN = ("HTTPValidationError", "ValidationError")


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the document of an app; it is made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _completed(app.openapi())
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
        _add_problems(operation["responses"])
    return document


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
        yield _field(
            document, each["name"], each["schema"], place=each["in"], is_required=each.get("required", False)
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
