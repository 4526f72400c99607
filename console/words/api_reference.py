"""What the page of the API shows: every operation of the OpenAPI document, with its fields in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.text.schema_words import Document, kind_of, resolved

#: Media type of a problem document (RFC 9457).
PROBLEM_TYPE = "application/problem+json"
_METHODS = ("get", "post", "put", "patch", "delete")
_NO_ANCHOR = re.compile(r"[^a-z0-9]+")


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
