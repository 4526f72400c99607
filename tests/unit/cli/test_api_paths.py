"""Addresses that the command line asks for: what a person types leads to no other address."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cli.base.client import path_of
from client.api import controls
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
    assert path_of(controls.list_commands.request(typed)) == f"/api/v1/switches/{escaped}/commands"


@pytest.mark.parametrize("typed", ["", " ", ".", "..", "../health", "a/b", "a\\b", "/", "//evil.example"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    """Entry 6: what would be another address, or none, is refused before anything is asked."""
    with pytest.raises(InvalidInput, match="without slashes") as refused:
        path_of(controls.list_commands.request(typed))

    assert "switch list" in refused.value.remedy


def test_no_command_writes_an_address_by_itself() -> None:
    """Entry 6: every address is the generated client's, and one function escapes what stands in it."""
    found = [
        f"{path.name}: {node.value}"
        for path in sorted(CLI.rglob("*.py"))
        if path != CLI / "base" / "client.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/api")
    ]

    # A code to sign in is for the browser of this machine, and no part of the document.
    assert found == ["stack.py: /api/v1/sign-in-codes"]
