"""The page docs/code.md: what each module does, and which constant or setting decides each limit and time.

`python -m tools.code_index` writes it anew; a tidy check compares it with the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from tools.tidy_sources import ROOT, Finding, Source, project_sources

PAGE = "docs/code.md"
#: Packages of the product, in the order of a request on its way down; the sandbox stands beside it.
PACKAGES = (
    "cli",
    "console",
    "ops",
    "services",
    "workflows",
    "activities",
    "audit",
    "projections",
    "providers",
    "store",
    "domain",
    "sandbox",
)
SETTINGS = "ops/base/settings.py"
RULE_SETS = "domain/catalog/rule_sets.py"
#: What a value may be made of to be a limit or a time.
_VALUES = (ast.Constant, ast.BinOp, ast.Call, ast.UnaryOp, ast.Tuple)
_CALLS = {"timedelta", "Decimal", "Fraction"}
_INTRODUCTION = """\
# What stands where in the code

This page is written by `python -m tools.code_index` from the code itself. Search it for the word that you are
after: the first table names every module with what it does, the second one every limit, time and default.
[ARCHITECTURE.md](../ARCHITECTURE.md) explains the layers and answers the questions that newcomers ask first.
"""


def page(sources: Iterable[Source]) -> str:
    """Return the page as the code demands it."""
    modules = [each for each in sources if _is_product(each)]
    return "\n".join([_INTRODUCTION, *_modules(modules), *_limits(modules)])


def code_index(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find a page that the code has overtaken."""
    all_sources = list(sources)
    written = "".join(each.text for each in all_sources if each.path == PAGE)
    if written != page(all_sources):
        yield Finding(path=PAGE, line=1, text="the code has changed: run `python -m tools.code_index`")


def _is_product(source: Source) -> bool:
    room = source.path.split("/")[0]
    return source.is_python and (room in PACKAGES or source.path == "worker.py")


def _modules(modules: Iterable[Source]) -> Iterator[str]:
    yield "## Modules\n"
    ordered = sorted(modules, key=_place)
    for room, members in groupby(ordered, key=lambda each: each.path.rpartition("/")[0]):
        rows = [f"- `{each.path.rpartition('/')[2]}`: {_summary(each)}" for each in members if _summary(each)]
        if rows:
            yield "\n".join([f"### {room or 'worker.py'}\n", *rows, ""])


def _place(source: Source) -> tuple[int, str, str]:
    package = source.path.split("/")[0]
    room, _, name = source.path.rpartition("/")
    return (PACKAGES.index(package) if package in PACKAGES else -1, room, name)


def _summary(source: Source) -> str:
    """Return the first sentence of a module; "" for a package without one of its own."""
    text = ast.get_docstring(source.tree) or ""
    is_empty_package = source.path.endswith("__init__.py") and len(source.tree.body) == 1
    return "" if is_empty_package else _cell(text.split("\n\n")[0])


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().removesuffix(".").replace("|", "\\|")


def _limits(modules: Iterable[Source]) -> Iterator[str]:
    yield "## Limits, times and defaults\n"
    yield "A setting is an environment variable: `PLANSWITCH_` and its name in capitals.\n"
    yield "| name | value | what it is | file |\n|---|---|---|---|"
    for source in sorted(modules, key=_place):
        for name, value, words in _decided(source):
            yield f"| `{name}` | {value} | {words} | `{source.path}` |"
    yield ""


def _decided(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and words of the constants of a module, and of the settings and rule sets."""
    body = list(source.tree.body)
    if source.path in {SETTINGS, RULE_SETS}:
        fields = {"Settings", "RuleSet"}
        classes = [each for each in body if isinstance(each, ast.ClassDef) and each.name in fields]
        body += [statement for each in classes for statement in each.body]
    for statement in body:
        target: ast.expr | None = statement.target if isinstance(statement, ast.AnnAssign) else None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        if isinstance(target, ast.Name) and not target.id.startswith("_") and _counts(statement):
            yield target.id, _value(source, statement), _words(source, statement.lineno)


def _counts(statement: ast.stmt) -> bool:
    """Return whether a statement decides a limit, a time or a setting."""
    if statement.col_offset:
        return isinstance(statement, ast.AnnAssign)
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in _CALLS
    text = ast.unparse(value) if isinstance(value, _VALUES) else ""
    return bool(re.fullmatch(r"[\d_.eE+\-*/<() ,]+|[A-Z_]+( [*/+-] [\dA-Z_.]+)+|\d+ \* [A-Z_]+", text))


def _value(source: Source, statement: ast.stmt) -> str:
    """Return a value as its file spells it, a power as `2^31`; of a rule set the file that has the values."""
    if source.path == RULE_SETS and statement.col_offset:
        return "`domain/catalog/data/rule_sets.json`"
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "Field":
        given = {each.arg: each.value for each in value.keywords}
        value = given.get("default", given.get("default_factory"))
    text = ast.get_source_segment(source.text, value) if isinstance(value, ast.expr) else ""
    return f"`{_cell(text).replace('**', '^')}`" if text else ""


def _words(source: Source, line: int) -> str:
    """Return the comment above a line."""
    above: list[str] = []
    for text in reversed(source.lines[: line - 1]):
        if not text.strip().startswith("#:"):
            break
        above.append(text.strip().removeprefix("#:").strip())
    return _cell(" ".join(reversed(above)))


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(project_sources()), encoding="utf-8")
