"""Queries of addresses: what is not known there is refused; to ignore it would answer another question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from console.access.authentication import actor_of
from console.access.dependencies import ConsoleDependencies, dependencies
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words

_NONE = "none: this address takes no query parameters"


def require_known_queries(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> None:
    """Refuse query parameters that the address does not know, and those that are given twice.

    Raises:
        InvalidInput: One is unknown, or is given twice.
        Unauthorized: The address tells strangers nothing, not even that.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not request.query_params:
        return
    names = [name for name, _ in request.query_params.multi_items()]
    allowed = sorted(set(query_names(route.dependant)))
    wrong = next((name for name in names if name not in allowed), None)
    twice = next((name for name in names if names.count(name) > 1), None)
    if wrong is None and twice is None:
        return
    if any(each.call is actor_of for each in _flat(route.dependant)):
        actor_of(request, console)
    if wrong is not None:
        raise _unknown(wrong, allowed)
    assert twice is not None  # noqa: S101 - one of the two is given
    raise InvalidInput(
        field=twice, value=Words("given more than once"), allowed="one value", remedy=f"Give {twice} once."
    )


def _unknown(name: str, allowed: list[str]) -> InvalidInput:
    words = ", ".join(allowed)
    remedy = f"Leave {name} out" + (f", or give one of: {words}." if words else ".")
    return InvalidInput(field="the query parameter", value=name, allowed=words or _NONE, remedy=remedy)


def query_names(dependant: Dependant) -> Iterable[str]:
    """Return the names of the query parameters that an endpoint and its dependencies take."""
    for each in _flat(dependant):
        yield from (field.alias for field in each.query_params)


def _flat(dependant: Dependant) -> Iterable[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _flat(each)
