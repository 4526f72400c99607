"""What the tidy checks look at: the project's files, as text and as syntax trees, and what they find."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Top-level packages of the product; worker.py stands beside them.
PACKAGES = (
    "activities",
    "audit",
    "cli",
    "console",
    "domain",
    "ops",
    "projections",
    "providers",
    "sandbox",
    "services",
    "store",
    "workflows",
)
#: Examples of stored data, recorded histories, and what programs write: they are kept as they were written.
KEPT_AS_WRITTEN = ("client/", "docs/api/openapi.json", "tests/golden/events/", "tests/histories/")
TEXT_SUFFIXES = frozenset(
    {".py", ".md", ".toml", ".txt", ".in", ".sh", ".sql", ".html", ".css", ".js", ".yaml", ".yml", ".json"}
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One place that is not as the rules of the code base want it."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: error: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file of the project."""

    #: Relative to the root, with slashes.
    path: str
    text: str

    @property
    def is_python(self) -> bool:
        """Tell whether this is a Python file."""
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        """Tell whether this belongs to the tests."""
        return self.path.startswith("tests/")

    @property
    def is_product(self) -> bool:
        """Tell whether this is Python that customers run."""
        return self.is_python and (self.path.partition("/")[0] in PACKAGES or self.path == "worker.py")

    @property
    def lines(self) -> list[str]:
        """Return the lines without their ends."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Return the syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return every node of the syntax tree, an outer one before an inner one."""
        return tuple(ast.walk(self.tree))

    def functions(self) -> Iterator[FunctionNode]:
        """Yield every function and method, nested ones too."""
        for node in self.nodes:
            if isinstance(node, FunctionNode):
                yield node

    def finding(self, line: int, text: str) -> Finding:
        """Return a finding in this file."""
        return Finding(path=self.path, line=line, text=text)


def function_length(node: FunctionNode) -> int:
    """Return the lines of a function, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


@cache
def project_sources(root: Path = ROOT) -> tuple[Source, ...]:
    """Return every text file of the project that is not ignored, in order of path."""
    sources = []
    for path in sorted(_paths(root)):
        file = root / path
        is_kept = path.startswith(KEPT_AS_WRITTEN)
        is_text = file.suffix in TEXT_SUFFIXES or file.name in {"run", "LICENSE", ".gitignore"}
        if file.is_file() and is_text and not is_kept:
            sources.append(Source(path=path, text=file.read_text(encoding="utf-8")))
    return tuple(sources)


def _paths(root: Path) -> set[str]:
    """Return what git knows or would take; without git, everything outside of hidden folders."""
    git = shutil.which("git")
    if git is not None and (root / ".git").exists():
        command = [git, "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, capture_output=True, check=True, text=True)
        return set(filter(None, listed.stdout.split("\0")))
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not _is_hidden(path)}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)
