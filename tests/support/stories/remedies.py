"""Every text of the product that names a command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = (
    "activities",
    "audit",
    "cli",
    "console",
    "domain",
    "ops",
    "projections",
    "providers",
    "services",
    "sandbox",
    "services",
    "store",
)
#: A command in backticks, such as `planswitch switch retry SWITCH --reason …`.
COMMAND = re.compile(r"`planswitch ((?:[^`{]|\{[^}]*\})+)`")


@cache
def strings() -> tuple[tuple[str, str], ...]:
    """Return every text of the sources with its file; a part that is computed reads {}."""
    return tuple(_strings())


def _strings() -> Iterator[tuple[str, str]]:
    for package in (*PACKAGES, "workflows"):
        for file in sorted((ROOT / package).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
                    yield name, "".join(map(str, parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield name, node.value
