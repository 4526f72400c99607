"""Addresses that the command line asks for: what a person types leads to no other address."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cli.base.client import api_path
from domain.kernel.errors import InvalidInput

CLI = Path(__file__).parents[3] / "cli"


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("aaaaaaaa?x=1", "aaaaaaaa%3Fx%3D1"),
        ("a#b", "a%23b"),
        ("a%2fb", "a%252fb"),
        ("a b", "a%20b"),
        ("user@example.com", "user%40example.com"),
        (" 04cf6ce7 ", "04cf6ce7"),
        ("ä", "%C3%A4"),
    ],
)
def test_what_is_typed_is_escaped(typed: str, escaped: str) -> None:
    """Entry 6: signs that mean something in an address mean nothing in an id."""
    assert api_path("switches", typed, "commands") == f"/api/v1/switches/{escaped}/commands"


@pytest.mark.parametrize("typed", ["", " ", ".", "..", "../health", "a/b", "a\\b", "/", "//evil.example"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    """Entry 6: what would be another address, or none, is refused before anything is asked."""
    with pytest.raises(InvalidInput, match="without slashes") as refused:
        api_path("switches", typed)

    assert "switch list" in refused.value.remedy


def test_no_command_builds_an_address_by_itself() -> None:
    """Entry 6: every address with an id in it is made by the one function that escapes."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(CLI.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        and isinstance(first := node.values[0], ast.Constant)
        and str(first.value).startswith("/api")
    ]

    assert found == []
