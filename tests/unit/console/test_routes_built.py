"""The console builds its routes before it takes a request (cli#signs-of-life)."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from pydantic import TypeAdapter

from console.app import create_app


def test_first_request_builds_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a route is built, no request is answered: on a busy machine that took seconds."""
    dependencies: Any = object()
    app = create_app(dependencies)

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError("a route is built")

    monkeypatch.setattr(TypeAdapter, "__init__", refuse)
    scope = {"type": "http", "method": "GET", "path": "/api/v1/health", "root_path": "", "headers": []}
    assert sum(route.matches(scope)[0].value > 0 for route in app.routes) > 0
