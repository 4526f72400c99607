"""Checks of citations: each names a document of this repository and a heading in it.

Their form is in contributing#citations.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from console.pages.markdown import rendered
from tools.tidy_sources import Finding, Source

#: Documents that stand at the root; all others are below docs/.
ROOT_DOCUMENTS = {"architecture": "ARCHITECTURE.md", "contributing": "CONTRIBUTING.md", "readme": "README.md"}
#: Files and folders at any depth: texts of others, and what a tool writes.
NOT_OURS = frozenset({"LICENSE", "locks"})
#: Suffixes of files in which the mark of a color or of an element looks like a citation.
NO_PROSE = (".css", ".js")
#: Names in a decorator that make a docstring a text of the API or a help.
_SHOWN = re.compile(r"\w*(?:router|app|api|commands?)\.(?:get|post|put|patch|delete|command|callback)\b")
#: Between two words, also where a comment or a docstring goes on in the next line.
_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:#:?[ \t]*)?)"
_SECTION = re.compile(
    rf"\bsections?{_GAP}\d|\u00a7|\b(?:partner|graph|directory|data){_GAP}notes\b", re.IGNORECASE
)
_SHORT = re.compile(r"(?<![\w/.#&-])([a-z][a-z-]*)#([a-z][\w-]*)")
_FULL = re.compile(r"(?<![\w/.])((?:docs/[\w/-]+|[A-Z]{3,})\.md)#([a-z][\w-]*)")
_RECORD = re.compile(rf"\bADR{_GAP}(\d+)")
#: What a file with a citation of a heading or a record has, also where one string goes on in another.
_LIKELY = re.compile(r"""[\w"'-]#\w|\bADR\b""")
_DEFINITIONS = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def anchors_of(text: str) -> frozenset[str]:
    """Return the anchors of a document, as the console's page of it has them."""
    return rendered(text, lambda link: link).anchors


def citations(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find citations by number, without their document or heading, and those that a user can't follow."""
    by_path = {source.path: source for source in sources}
    for source in by_path.values():
        if NOT_OURS.intersection(Path(source.path).parts) or source.path.endswith(NO_PROSE):
            continue
        yield from _by_number(source)
        # To read comments and texts takes long, and most files cite nothing.
        if _LIKELY.search(source.text):
            yield from _dangling(source, by_path)
            yield from _unserved(source, by_path)


def _by_number(source: Source) -> Iterator[Finding]:
    for match in _SECTION.finditer(source.text):
        yield source.finding(
            _line(source.text, match.start()), f"{_flat(match[0])}: cite an anchor, such as rules#pilot-group"
        )


def _dangling(source: Source, by_path: Mapping[str, Source]) -> Iterator[Finding]:
    for line, text in _prose(source):
        for match in _SHORT.finditer(text):
            is_meant = source.is_python or _path_of(match[1]) in by_path
            if is_meant and (why := _missing(_path_of(match[1]), match[2], by_path)):
                yield source.finding(line + _line(text, match.start()) - 1, f"{match[0]}: {why}")
        for match in _FULL.finditer(text):
            if why := _missing(match[1], match[2], by_path):
                yield source.finding(line + _line(text, match.start()) - 1, f"{match[0]}: {why}")
        for match in _RECORD.finditer(text):
            if not _has_record(int(match[1]), by_path):
                yield source.finding(
                    line + _line(text, match.start()) - 1, f"{_flat(match[0])}: no such record"
                )


def _unserved(source: Source, by_path: Mapping[str, Source]) -> Iterator[Finding]:
    """Find what a user reads and can't follow: a short citation, a document that is not served."""
    if not source.is_product and not source.path.endswith(".html"):
        return
    for line, text in _read_by_users(source):
        for match in _SHORT.finditer(text):
            if (path := _path_of(match[1])) in by_path:
                yield source.finding(line, f"{match[0]}: a user can't follow it, write {path}#{match[2]}")
        for match in _FULL.finditer(text):
            if why := _missing(match[1], match[2], by_path) or _not_served(match[1]):
                yield source.finding(line, f"{match[0]}: {why}")


def _missing(path: str, anchor: str, by_path: Mapping[str, Source]) -> str:
    if path not in by_path:
        return f"there is no {path}"
    return "" if anchor in anchors_of(by_path[path].text) else f"{path} has no such heading"


def _not_served(path: str) -> str:
    return "" if path.startswith("docs/") else "the console serves docs/ alone"


def _has_record(number: int, by_path: Mapping[str, Source]) -> bool:
    return any(path.startswith(f"docs/adr/{number:04d}-") for path in by_path)


def _path_of(document: str) -> str:
    return ROOT_DOCUMENTS.get(document, f"docs/{document}.md")


def _prose(source: Source) -> Iterator[tuple[int, str]]:
    """Yield what people read of a file, with its first line: of Python comments and docstrings."""
    if not source.is_python:
        yield 1, source.text
        return
    for node, _ in _docstrings(source):
        yield node.lineno, str(node.value)
    lines = io.StringIO(source.text).readline
    for token in tokenize.generate_tokens(lines):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _read_by_users(source: Source) -> Iterator[tuple[int, str]]:
    """Yield texts that a user of the product may meet: no docstring, but for those of routes and commands."""
    if not source.is_python:
        yield from enumerate(source.lines, start=1)
        return
    inner = set()
    for node, is_shown in _docstrings(source):
        if not is_shown:
            inner.add(node)
    for each in source.nodes:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each not in inner:
            yield each.lineno, each.value


def _docstrings(source: Source) -> Iterator[tuple[ast.Constant, bool]]:
    """Yield each docstring, and whether it is a text of the API or a help."""
    for node in source.nodes:
        if not isinstance(node, _DEFINITIONS) or not node.body or not isinstance(node.body[0], ast.Expr):
            continue
        first = node.body[0].value
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            decorators = getattr(node, "decorator_list", [])
            yield first, any(_SHOWN.match(ast.unparse(each)) for each in decorators)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _flat(text: str) -> str:
    return " ".join(text.split())
