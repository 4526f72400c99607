"""Which methods an address takes: more than one route may have the same path."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope


def methods_of(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that the address of a request takes, for the header `Allow`."""
    methods: set[str] = set()
    for each in routes:
        if isinstance(each, Route) and each.matches(scope)[0] is not Match.NONE:
            methods |= each.methods or set()
    return sorted(methods)
