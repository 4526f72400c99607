"""Kind of fault: a thread that logs a traceback disturbs a test that parses a file (CPython 3.11)."""

from __future__ import annotations

import ast
import traceback
from typing import Any

import pytest


def _traceback_of_a_failed_call() -> str:
    try:
        int("a" + "b") + len("c")
    except ValueError as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError("the call must fail")


def test_a_traceback_is_formatted_without_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines and the error are in it, and `ast.parse` is not called."""
    parse, parsed = ast.parse, []

    def recorded(*arguments: Any, **named: Any) -> Any:
        parsed.append(arguments)
        return parse(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", recorded)
        text = _traceback_of_a_failed_call()

    assert ("ValueError" in text, 'int("a" + "b")' in text, parsed) == (True, True, [])
