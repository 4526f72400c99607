"""The OpenAPI document: every operation with the problems that it may answer, and how programs sign in."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from console.words.api_reference import PROBLEM_TYPE
from providers.reference.callback_signatures import HEADER as SIGNATURE_HEADER

PROBLEM = {"$ref": "#/components/schemas/Problem"}
#: Statuses that any operation may answer, and when.
PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "It is no request of HTTP.",
    HTTPStatus.UNAUTHORIZED: "The key or the signature is missing or wrong.",
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
        "request_id": {"type": "string", "description": "Names the request in the console's log."},
    },
}
_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The operator's key."},
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
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
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
