"""The vendor's published description of its directory, read strictly: what it does not name is a complaint.

A validator of OpenAPI lets pass whatever a description is silent about: a misspelled query option, a header,
a member of a body, a property in `$select`. A directory ignores those as well, and nobody would notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

HOST = "https://graph.microsoft.com"
VERSION = "/v1.0"
BATCH = "/$batch"
FILES = ("graph_slice.yaml", "graph_slice_more.yaml")
#: Headers of every interface, which no description repeats; and the id of a call, which every call may carry.
PLAIN_HEADERS = frozenset(
    {"accept", "accept-encoding", "authorization", "client-request-id", "content-length", "content-type"}
    | {"host", "user-agent"}
)
#: What only the directory's own links to the next page have.
_OF_NEXT_PAGE = frozenset({"$skiptoken"})
_SELECT = "$select"
#: Lists of this kind have users among them, and answer with the properties of users that are selected.
_ANY_OBJECT = "microsoft.graph.directoryObject"
_USER = "microsoft.graph.user"
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def path_pattern(template: str) -> re.Pattern[str]:
    """Return what the paths of a template match; `{}` and `{name}` stand for one id."""
    return re.compile("[^/]+".join(re.escape(each) for each in _PLACEHOLDER.split(template)))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request to the directory, by itself or an item of a batch."""

    method: str
    #: Below the version.
    path: str
    #: Decoded.
    query: Mapping[str, str] = field(default_factory=dict)
    #: By their names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Parsed, or None.
    body: Any = None

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str], body: Any) -> Self:
        """Return a request by its target, such as `/users?$top=5`."""
        parts = urlsplit(target)
        named = {name.lower(): str(value) for name, value in headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        return cls(method=method.upper(), path=parts.path, query=query, headers=named, body=body)

    def items(self) -> Iterator[Sent]:
        """Yield the requests inside of a batch; none of any other request."""
        if self.path == BATCH:
            for item in self.body["requests"]:
                yield Sent.of(item["method"], item["url"], item.get("headers", {}), item.get("body"))


@dataclass(frozen=True, kw_only=True)
class Description:
    """One of the vendor's documents."""

    document: dict[str, Any]
    validator: OpenAPI

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """Return what is said of a call, or None."""
        for template, operations in self.document["paths"].items():
            if method.lower() in operations and path_pattern(template).fullmatch(path):
                found: dict[str, Any] = operations[method.lower()]
                return found
        return None

    def resolved(self, node: Any) -> Any:
        """Return a node, or what it refers to."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/")]
            node = target
        return node

    def properties(self, schema: Any) -> dict[str, Any]:
        """Return the properties of a schema, with those of all its parts."""
        known = self.resolved(schema) or {}
        parts = [part for word in ("allOf", "anyOf", "oneOf") for part in known.get(word, ())]
        return {
            name: each
            for properties in (*(self.properties(part) for part in parts), known.get("properties", {}))
            for name, each in properties.items()
        }

    def entity(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties of what is answered: of one object, or of each of a list."""
        answer = self.resolved(operation["responses"]["200"])
        schema = answer["content"]["application/json"]["schema"]
        listed = self.resolved(self.properties(schema).get("value"))
        item = listed["items"] if isinstance(listed, dict) and "items" in listed else schema
        is_any = str(item.get("$ref", "")).endswith(f"/{_ANY_OBJECT}")
        users = self.document["components"]["schemas"][_USER] if is_any else {}
        return self.properties(item) | self.properties(users)

    def complaints(self, sent: Sent, operation: Mapping[str, Any]) -> Iterator[str]:
        """Yield what this document has against a request that it knows."""
        try:
            self.validator.validate_request(_mock(sent))
        except OpenAPIError as error:
            yield f"{error}: {error.__cause__}"
        parameters = [self.resolved(each) for each in operation.get("parameters", ())]
        allowed = {(each["in"], each["name"].lower()) for each in parameters}
        strange = [name for name in sent.query if ("query", name.lower()) not in allowed]
        yield from (f"no query option {name}" for name in strange if name not in _OF_NEXT_PAGE)
        headers = [name for name in sent.headers if ("header", name) not in allowed]
        yield from (f"no header {name}" for name in headers if name not in PLAIN_HEADERS)
        if _SELECT in sent.query:
            known = self.entity(operation)
            yield from (f"nothing to select: {each}" for each in _selected(sent) if each not in known)
        yield from self._body_complaints(sent, operation)

    def _body_complaints(self, sent: Sent, operation: Mapping[str, Any]) -> Iterator[str]:
        described = self.resolved(operation.get("requestBody"))
        if described is None:
            if sent.body is not None:
                yield "no body"
            return
        yield from self._strange_members(sent.body, described["content"]["application/json"]["schema"], "")

    def _strange_members(self, value: Any, schema: Any, place: str) -> Iterator[str]:
        known = self.resolved(schema) or {}
        if isinstance(value, list):
            for each in value:
                yield from self._strange_members(each, known.get("items"), f"{place}[]")
        if not isinstance(value, dict):
            return
        properties = self.properties(known)
        # What is described as anything, such as the body of a batch's item, is looked at by itself.
        is_open = not properties
        for name, each in value.items():
            if name in properties:
                yield from self._strange_members(each, properties[name], f"{place}.{name}")
            elif not is_open:
                yield f"no member {place}.{name}"


@dataclass(frozen=True, kw_only=True)
class Published:
    """Everything that the vendor publishes of its directory."""

    descriptions: tuple[Description, ...]

    @classmethod
    def of(cls, shared_data: Path) -> Published:
        """Read the vendor's documents from the folder of shared data."""
        documents = [yaml.safe_load((shared_data / name).read_text(encoding="utf-8")) for name in FILES]
        return cls(
            descriptions=tuple(
                Description(document=each, validator=OpenAPI.from_dict(each)) for each in documents
            )
        )

    def complaints(self, sent: Sent) -> list[str]:
        """Return what every document that knows the call has against a request; none knows it: that."""
        known = [
            (each, operation)
            for each in self.descriptions
            if (operation := each.operation(sent.method, sent.path)) is not None
        ]
        if not known:
            return [f"no description has {sent.method} {sent.path}"]
        return [
            f"{sent.method} {sent.path}: {text}"
            for each, operation in known
            for text in each.complaints(sent, operation)
        ]


def _selected(sent: Sent) -> list[str]:
    return sent.query[_SELECT].split(",")


def _mock(sent: Sent) -> MockRequest:
    content = None if sent.body is None else json.dumps(sent.body).encode()
    return MockRequest(
        HOST,
        sent.method.lower(),
        f"{VERSION}{sent.path}",
        args={name: value for name, value in sent.query.items() if name not in _OF_NEXT_PAGE},
        headers={"authorization": "Bearer token", **sent.headers},
        data=content,
        content_type="application/json",
    )
