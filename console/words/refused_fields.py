"""What a validator refuses, in our own words: the field, its value, and what its schema allows.

A validator's own messages speak of types of Python; nothing of them is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.text.schema_words import Document, allowed_words, resolved

#: Where a field may stand; the first part of its path in a request.
PLACES = frozenset({"body", "query", "path", "header"})
_MISSING, _UNKNOWN, _WRONG_CASE = "missing", "extra_forbidden", "value_error"
_NO_FIELD = Words("no field here")
#: Fields that are named where a name is none of them.
_NAMES_MAX = 30


def refused_request(finding: Mapping[str, Any], document: Document, operation: Document) -> InvalidInput:
    """Return the refusal of a request by what its validator found first.

    Args:
        finding: What was found: `type`, `loc`, `input`, `ctx`.
        document: The OpenAPI document.
        operation: The operation of it that was asked for; {} where it is in none.
    """
    place, *path = finding["loc"]
    if place == "body":
        contents: Sequence[Document] = [*operation.get("requestBody", {}).get("content", {}).values(), {}]
        schema: Document = contents[0].get("schema", {})
    else:
        schema = {"type": "object", "properties": _parameters(operation, place)}
    return refused_field(finding, path, document, schema)


def refused_body(finding: Mapping[str, Any], model: type[BaseModel]) -> InvalidInput:
    """Return the refusal of a body that was built from a form, or read as it came."""
    document = model.model_json_schema(ref_template="#/$defs/{model}")
    return refused_field(finding, finding["loc"], document, document)


def refused_field(
    finding: Mapping[str, Any], path: Sequence[str | int], document: Document, schema: Document
) -> InvalidInput:
    """Return the refusal of one field.

    Args:
        finding: What was found.
        path: Names and numbers that lead to the field.
        document: What references of the schema lead into.
        schema: What the whole may be.
    """
    kind, field = finding["type"], ".".join(str(part) for part in path) or "body"
    if kind == _UNKNOWN:
        names = list(_at(document, schema, path[:-1]).get("properties", {}))[:_NAMES_MAX]
        remedy = f"Leave {field} out, or name another field; nothing was changed."
        return InvalidInput(field=field, value=_NO_FIELD, allowed=", ".join(names), remedy=remedy)
    if kind == _WRONG_CASE:
        # A rule of ours over several fields; it says itself what is allowed.
        allowed = str(finding.get("ctx", {}).get("error", "another value"))
        return InvalidInput(field=field, value=finding.get("input"), allowed=allowed)
    value = None if kind == _MISSING else finding.get("input")
    return InvalidInput(
        field=field, value=value, allowed=allowed_words(document, _at(document, schema, path))
    )


def _at(document: Document, schema: Document, path: Sequence[str | int]) -> Document:
    place = resolved(document, schema)
    for part in path:
        inner = place.get("items") if isinstance(part, int) else place.get("properties", {}).get(part)
        if inner is None:
            inner = _listed(place) if isinstance(part, int) else {}
        place = resolved(document, inner or {})
    return place


def _listed(schema: Document) -> Document:
    """Return what a list holds that may also be absent."""
    lists: list[Document] = [each for each in schema.get("anyOf", ()) if each.get("type") == "array"]
    items: Document = lists[0].get("items", {}) if lists else {}
    return items


def _parameters(operation: Document, place: str) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == place}
