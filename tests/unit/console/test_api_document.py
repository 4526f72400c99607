"""The document of the API as its file has it: current, valid, and with a name and words for everything."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from console.words.operation_links import SOURCES
from domain.text.schema_words import resolved
from tools.pages.openapi_document import FILE, openapi_text

METHODS = ("get", "post", "put", "patch", "delete")
#: Of the framework: names of modules, which are others once the product is installed.
MODULE = "__"


@pytest.fixture(name="document", scope="module")
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(openapi_text())
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((path, operation) for method, operation in methods.items() if method in METHODS)


def test_the_file_is_current() -> None:
    """Nobody has changed a route without `./run client`, which writes document and client (ADR 48)."""
    assert FILE.read_text(encoding="utf-8") == openapi_text()


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """It is a document of OpenAPI 3.1."""
    validate(document)


def test_each_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    """Names of operations become functions of a client, and names of schemas its classes."""
    names = Counter(operation["operationId"] for _, operation in _operations(document))

    assert {name: count for name, count in names.items() if count > 1} == {}
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_]+", name)] == []
    assert [name for name in document["components"]["schemas"] if MODULE in name] == []


def test_everything_has_words(document: dict[str, Any]) -> None:
    """Each subject, operation and parameter says what it is."""
    operations = [*_operations(document)]
    told = {each["name"] for each in document["tags"] if each["description"]}
    silent = [
        f"{path} {each['name']}"
        for path, operation in operations
        for each in operation.get("parameters", ())
        if not each.get("description")
    ]

    assert {tag for _, operation in operations for tag in operation["tags"]} <= told
    assert [path for path, operation in operations if not operation.get("description")] == []
    assert silent == []


def test_a_field_is_described_as_the_code_does(document: dict[str, Any]) -> None:
    """The comment above a field is its description, that of a base's field too, in the words of JSON."""
    schemas = document["components"]["schemas"]
    described = [
        field
        for schema in schemas.values()
        for field in schema.get("properties", {}).values()
        if field.get("description")
    ]

    assert len(described) > 500
    own, inherited = (schemas["SwitchBody"]["properties"][each] for each in ("quote_digest", "users_listed"))
    assert own["description"] == "null with `accept` takes the quote of this moment."
    assert inherited["description"] == "Object ids or principal names."
    assert [each["description"] for each in described if "None" in each["description"]] == []


def test_each_answer_that_does_what_was_asked_has_a_content(document: dict[str, Any]) -> None:
    """No success is described by its status alone."""
    bare = [
        f"{operation['operationId']} {status}"
        for _, operation in _operations(document)
        for status, answer in operation["responses"].items()
        if status < "300" and not answer.get("content")
    ]

    assert bare == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.operation)
def test_a_link_takes_its_id_from_where_the_answer_has_it(document: dict[str, Any], source: Any) -> None:
    """The pointer of each link leads to a text or a number of the answer's schema."""
    operations = {operation["operationId"]: operation for _, operation in _operations(document)}
    answer = next(each for each in operations[source.operation]["responses"].values() if "links" in each)
    place: Any = answer["content"]["application/json"]["schema"]
    for part in source.pointer.strip("/").split("/"):
        kinds = [resolved(document, each) for each in place.get("anyOf", [place])]
        place = next(each["items"] if part.isdecimal() else each["properties"][part] for each in kinds)
        place = resolved(document, place)

    assert place["type"] in {"string", "integer"}
    assert all(each["operationId"] in operations for each in answer["links"].values())
