"""The reference of the API tells types, bounds and defaults in words."""

from __future__ import annotations

from typing import Any

import pytest

from console.words.openapi import operations_by_tag
from domain.text.schema_words import kind_of

_DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/things/{thing}": {
            "post": {
                "tags": ["things"],
                "summary": "Make",
                "description": "Make a thing.",
                "parameters": [
                    {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
                },
                "responses": {
                    "201": {
                        "description": "Made",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    }
                },
            },
            "get": {"summary": "Look", "responses": {}},
        }
    },
    "components": {
        "schemas": {
            "Thing": {"type": "object", "properties": {"thing_id": {"type": "string"}}},
            "Body": {
                "required": ["reason"],
                "properties": {
                    "reason": {"type": "string", "maxLength": 500, "minLength": 1},
                    "mode": {"type": "string", "default": "automatic", "description": "How."},
                },
            },
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 1000000.0}, "whole number of 1 to 1,000,000"),
        ({"type": "string", "maxLength": 200}, "text of at most 200 characters"),
        ({"type": "string", "format": "date"}, "text (date)"),
        ({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}, "number of at least 0, or null"),
        ({"type": "array", "maxItems": 20, "items": {"type": "string"}}, "list of at most 20 of: text"),
        ({"enum": ["approve", "decline"]}, "`approve` or `decline`"),
        ({"const": True}, "`True`"),
        ({"$ref": "#/components/schemas/Body"}, "anything"),
        ({}, "anything"),
    ],
)
def test_a_schema_is_told_in_words(schema: dict[str, Any], words: str) -> None:
    """Type, format and bounds of a schema are words."""
    assert kind_of(_DOCUMENT, schema) == words


def test_an_operation_has_the_fields_of_path_and_body() -> None:
    """Parameters come first, then the body's fields, each with what it is when it is left out."""
    found = operations_by_tag(_DOCUMENT)
    (made,) = found["things"]

    assert [each.path for each in found["other"]] == ["/api/things/{thing}"]
    assert (made.method, made.anchor, made.text) == ("POST", "post-api-things-thing", "Make a thing.")
    assert [(each.name, each.place, each.is_required, each.default) for each in made.fields] == [
        ("thing", "path", True, ""),
        ("reason", "body", True, ""),
        ("mode", "body", False, "automatic"),
    ]
    assert [(each.status, each.text) for each in made.answers] == [("201", "Made")]


def test_an_answer_is_told_with_its_fields() -> None:
    """The page says what an operation answers, and not only that it does."""
    (made,) = operations_by_tag(_DOCUMENT)["things"]
    (answer,) = made.answers

    assert answer.kind == "object"
    assert [(each.name, each.kind) for each in answer.fields] == [("thing_id", "text")]
