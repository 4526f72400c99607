"""A JSON schema in words: what a field may be, for people who read a page or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: A document that schemas and their references stand in.
Document = Mapping[str, Any]
#: Kinds of values that are named with an article.
_COUNTED = ("whole number", "number", "list")
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def kind_of(document: Document, schema: Document) -> str:
    """Return a schema in words: its type, its bounds, and what it may be beside it."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        return ", or ".join(dict.fromkeys(kind_of(document, each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        items = kind_of(document, schema.get("items", {}))
        return f"list{_bounds(schema, 'minItems', 'maxItems')} of: {items}"
    kind = _TYPES.get(schema.get("type", ""), "anything")
    named = f" ({schema['format']})" if "format" in schema else ""
    length = _bounds(schema, "minLength", "maxLength", unit=" characters")
    return f"{kind}{named}{_bounds(schema, 'minimum', 'maximum')}{length}"


def resolved(document: Document, schema: Document) -> Document:
    """Return what a reference inside the document leads to."""
    if "$ref" not in schema:
        return schema
    inner: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        inner = inner[part]
    return resolved(document, inner)


def _bounds(schema: Document, lowest: str, highest: str, *, unit: str = "") -> str:
    if "exclusiveMinimum" in schema and lowest == "minimum":
        return f" above {_figure(schema['exclusiveMinimum'])}"
    low, high = _figure(schema.get(lowest)), _figure(schema.get(highest))
    if low and high:
        return f" of {low} to {high}{unit}"
    if low:
        return f" of at least {low}{unit}"
    return f" of at most {high}{unit}" if high else ""


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.15g}"


def allowed_words(document: Document, schema: Document) -> str:
    """Return what a schema allows in a refusal; that a field may be left out is no value that is wanted."""
    if schema.get("type") == "object":
        return "a JSON object"
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    words = [kind_of(document, each) for each in kinds] or [kind_of(document, schema)]
    articled = [f"a {each}" if each.startswith(_COUNTED) else each for each in words]
    return ", or ".join(articled).replace("`", "")
