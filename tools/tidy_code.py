"""Checks of Python files: sizes, calls the pure parts may not make, docstrings, signatures, dead modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from statistics import median, quantiles

from tools.tidy_sources import Finding, FunctionNode, Source, function_length
from workflows.base.versions import PATCHES

FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 600
COLUMNS_MAX = 110
#: Targets of the whole product: median and 90th percentile of function lengths, median of file lengths.
FUNCTION_MEDIAN_MAX = 10
FUNCTION_P90_MAX = 30
TEST_FUNCTION_P90_MAX = 25
FILE_MEDIAN_MAX = 150
#: Parts that may know neither clock nor chance: time and ids are handed in.
PURE_PARTS = ("domain/", "workflows/")
IMPURE_CALLS = frozenset(
    {
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "date.today",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.sleep",
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid1",
        "uuid4",
    }
)
IMPURE_MODULES = frozenset({"random", "secrets"})
#: Parts whose business is to write to a terminal.
MAY_PRINT = ("cli/", "tools/", "bench/", "tests/")
#: Modules that are started, not imported.
ENTRY_POINTS = frozenset({"worker", "cli.main"})
PATCH_CALLS = frozenset({"workflow.patched", "workflow.deprecate_patch"})
_PERCENT_90 = 89
_RAW_SERVICE = re.compile(r"\b(?:workflow|operator)_service\.\w+$")
#: A pragma says why a rule does not hold; ruff does not count it either.
_PRAGMA = re.compile(r"  # (?:noqa|type: ignore)\b")


def sizes(source: Source) -> Iterator[Finding]:
    """Find functions, files and lines that are too long to be read at a glance."""
    if len(source.lines) >= FILE_LINES_MAX:
        yield source.finding(FILE_LINES_MAX, f"file has {len(source.lines)} lines, allowed {FILE_LINES_MAX}")
    for number, line in enumerate(source.lines, start=1):
        columns = len(_PRAGMA.split(line)[0])
        if columns > COLUMNS_MAX:
            yield source.finding(number, f"line has {columns} columns, allowed {COLUMNS_MAX}")
    for node in source.functions():
        length = function_length(node)
        if length > FUNCTION_LINES_MAX:
            text = f"function {node.name} has {length} lines, allowed {FUNCTION_LINES_MAX}"
            yield source.finding(node.lineno, text)


def typical_sizes(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find that the code base as a whole has grown heavier than its targets."""
    python = [source for source in sources if source.is_python]
    product = [each for each in python if each.is_product]
    lengths = _function_lengths(product)
    figures = {
        f"median function of the product (allowed {FUNCTION_MEDIAN_MAX})": (
            median(lengths) - FUNCTION_MEDIAN_MAX
        ),
        f"90th percentile of its functions (allowed {FUNCTION_P90_MAX})": _p90(lengths) - FUNCTION_P90_MAX,
        f"90th percentile of test functions (allowed {TEST_FUNCTION_P90_MAX})": (
            _p90(_function_lengths([each for each in python if each.is_test])) - TEST_FUNCTION_P90_MAX
        ),
        f"median file of the product (allowed {FILE_MEDIAN_MAX})": (
            median([len(each.lines) for each in product] or [0]) - FILE_MEDIAN_MAX
        ),
    }
    for name, excess in figures.items():
        if excess > 0:
            yield Finding(path=".", line=1, text=f"{name} is {excess:g} lines too long")


def impure_calls(source: Source) -> Iterator[Finding]:
    """Find clocks and chance in the parts that must give the same answer on every replay."""
    if not source.path.startswith(PURE_PARTS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and (name := _dotted(node.func)):
            last_two = ".".join(name.split(".")[-2:])
            if last_two in IMPURE_CALLS:
                yield source.finding(node.lineno, f"{name}() in a pure part: hand the value in")
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module in IMPURE_MODULES & set(_imported_modules(node)):
                yield source.finding(node.lineno, f"module {module} in a pure part: hand the value in")


def prints(source: Source) -> Iterator[Finding]:
    """Find prints outside the parts that speak to a terminal; the others log."""
    if source.path.startswith(MAY_PRINT):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and _dotted(node.func) == "print":
            yield source.finding(node.lineno, "print(): use structlog, or say it in cli/")


def raw_calls(source: Source) -> Iterator[Finding]:
    """Find calls of Temporal's own services that fail when the server closes the connection under them."""
    if source.path.startswith("tests/"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and _RAW_SERVICE.search(_dotted(node.func)):
            yield source.finding(node.lineno, f"{_dotted(node.func)}(): call it by read_raw()")


def docstrings(source: Source) -> Iterator[Finding]:
    """Find public modules, classes, functions and methods (tests too) without a docstring."""
    if not ast.get_docstring(source.tree):
        yield source.finding(1, "module has no docstring")
    yield from _missing_docstrings(source, source.tree)


def _missing_docstrings(source: Source, parent: ast.Module | ast.ClassDef) -> Iterator[Finding]:
    for node in parent.body:
        if not isinstance(node, ast.ClassDef | FunctionNode) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield source.finding(node.lineno, f"{node.name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _missing_docstrings(source, node)


def signatures(source: Source) -> Iterator[Finding]:
    """Find functions that do not say what they return or take."""
    for node in source.functions():
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [each.arg for each in arguments if each.annotation is None and each.arg not in {"self", "cls"}]
        if node.returns is None:
            yield source.finding(node.lineno, f"{node.name} has no return annotation")
        if bare:
            yield source.finding(node.lineno, f"{node.name}: no annotation on {', '.join(bare)}")


def repeated_keys(source: Source) -> Iterator[Finding]:
    """Find dotted keys that stand in a dict twice; ruff finds names and values (F601, F602)."""
    for node in source.nodes:
        if isinstance(node, ast.Dict):
            keys = [each for each in node.keys if isinstance(each, ast.Attribute | ast.Subscript)]
            names = [ast.unparse(each) for each in keys]
            for number, (key, name) in enumerate(zip(keys, names, strict=True)):
                if name in names[:number]:
                    yield source.finding(key.lineno, f"key {name} stands in this dict twice")


def patch_ids(source: Source) -> Iterator[Finding]:
    """Find patches of workflows that `workflows/base/versions.py` does not name, with their date and end."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and _dotted(node.func) in PATCH_CALLS:
            (patch_id,) = [each.value for each in node.args if isinstance(each, ast.Constant)] or [None]
            if patch_id not in PATCHES:
                yield source.finding(node.lineno, f"patch {patch_id!r} is not in workflows/base/versions.py")


def dead_modules(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find modules of the product that no other part of it imports (a test alone does not count)."""
    product = [
        source
        for source in sources
        if source.is_python and (source.is_product or source.path.startswith(("tools/", "bench/")))
    ]
    imported = {
        name
        for source in product
        for node in source.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported_modules(node)
    }
    for source in product:
        name = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        is_package = source.path.endswith("/__init__.py")
        if source.is_product and not is_package and name not in imported | ENTRY_POINTS:
            yield source.finding(1, f"no other module imports {name}: use it or remove it")


def _imported_modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _function_lengths(sources: Iterable[Source]) -> list[int]:
    return [function_length(node) for source in sources for node in source.functions()] or [0]


def _p90(lengths: list[int]) -> float:
    return quantiles([*lengths, lengths[-1]], n=100, method="inclusive")[_PERCENT_90]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return ""
