"""Links of the document of the API: what is asked next with an id that an answer holds (OpenAPI links)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PARAMETER = re.compile(r"\{([^}]+)\}")
_SUCCESSES = ("200", "201")


@dataclass(frozen=True, kw_only=True, slots=True)
class IdSource:
    """An operation whose answer holds the id of something."""

    operation: str
    #: Parameter of other addresses that takes the id.
    parameter: str
    #: Where the id stands in the answer (RFC 6901).
    pointer: str


SOURCES = (
    IdSource(operation="start_switch", parameter="switch", pointer="/switch_id"),
    IdSource(operation="start_back", parameter="switch", pointer="/switch_id"),
    IdSource(operation="order_checkout", parameter="switch", pointer="/switch_id"),
    IdSource(operation="list_switches", parameter="switch", pointer="/switches/0/switch_id"),
    IdSource(operation="list_schedules", parameter="switch", pointer="/schedules/0/switch_id"),
    IdSource(operation="start_checkout", parameter="checkout_id", pointer="/checkout_id"),
    IdSource(operation="list_checkouts", parameter="checkout_id", pointer="/checkouts/0/checkout_id"),
    IdSource(operation="list_customers", parameter="organization_id", pointer="/customers/0/organization_id"),
    IdSource(
        operation="list_products",
        parameter="subscription_id",
        pointer="/products/0/subscription/subscription_id",
    ),
    IdSource(
        operation="list_subscriptions",
        parameter="subscription_id",
        pointer="/subscriptions/0/subscription_id",
    ),
    IdSource(operation="list_assessments", parameter="assessment", pointer="/assessments/0/number"),
    IdSource(operation="list_versions", parameter="version", pointer="/versions/0/name"),
    IdSource(operation="list_plans", parameter="text", pointer="/plans/0/plan_id"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    name: str
    parameters: frozenset[str]


def add_links(document: dict[str, Any]) -> None:
    """Link each answer that holds an id with the operations whose address takes it."""
    operations = dict(_operations(document))
    targets = [
        _Target(name=name, parameters=frozenset(_PARAMETER.findall(path)))
        for name, (path, _) in operations.items()
    ]
    for source in SOURCES:
        if source.operation not in operations:
            continue
        path, operation = operations[source.operation]
        links = dict(_links(source, frozenset(_PARAMETER.findall(path)), targets))
        for status in _SUCCESSES:
            if status in operation["responses"]:
                operation["responses"][status].setdefault("links", {}).update(links)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield operation["operationId"], (path, operation)


def _links(
    source: IdSource, own: frozenset[str], targets: list[_Target]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a link to each address that needs the id, and else only what the source's address has."""
    for target in targets:
        if source.parameter in target.parameters and target.parameters <= own | {source.parameter}:
            parameters = {name: f"$request.path.{name}" for name in sorted(target.parameters)}
            parameters[source.parameter] = f"$response.body#{source.pointer}"
            yield target.name, {"operationId": target.name, "parameters": parameters}
