"""Checks of rooms (ADR 22): no folder with too many modules, and no imports in a circle.

Run it to print the table of the rooms: folder, modules, lines, imports in and out.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tools.tidy_sources import Finding, Source, project_sources

MODULES_MAX = 15


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """An import of one module by another, wherever it stands: for types alone and inside a function too."""

    source: Source
    target: Source
    line: int


def full_rooms(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find folders with more modules than a reader looks through; what is no Python does not count."""
    for room, number in sorted(_sizes(sources).items()):
        if number > MODULES_MAX:
            text = f"{number} modules in a room, allowed {MODULES_MAX}: look for two subjects in it"
            yield Finding(path=room, line=1, text=text)


def circles(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find modules, and rooms, that import each other in a circle; each circle once."""
    arrows = _arrows(sources)
    yield from _circles({(_module(each.source), _module(each.target)): each for each in arrows}, "modules")
    between = _between_rooms(arrows)
    yield from _circles({(_room(each.source), _room(each.target)): each for each in between}, "rooms")


def table(sources: Iterable[Source]) -> Iterator[str]:
    """Yield the rooms, each with its modules, lines, and imports from and by other rooms."""
    python = [each for each in sources if each.is_python]
    between = _between_rooms(_arrows(python))
    imported = Counter(_room(each.target) for each in between)
    imports = Counter(_room(each.source) for each in between)
    lines: Counter[str] = Counter()
    for source in python:
        lines[_room(source)] += len(source.lines)
    yield f"{'room':40} {'modules':>7} {'lines':>6} {'in':>5} {'out':>5}"
    for room, number in sorted(_sizes(python).items()):
        yield f"{room:40} {number:7} {lines[room]:6} {imported[room]:5} {imports[room]:5}"


def _circles(arrows: Mapping[tuple[str, str], Arrow], what: str) -> Iterator[Finding]:
    """Take the arrows that close a circle away, one after the other, until no circle is left."""
    left: dict[str, list[str]] = {}
    for name, target in sorted(arrows):
        left.setdefault(name, []).append(target)
    while circle := _circle(left):
        name, target = circle[-2:]
        left[name].remove(target)
        closing = arrows[name, target]
        text = f"{what} import each other in a circle: {' -> '.join(circle)}"
        yield closing.source.finding(closing.line, text)


def _circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a circle in the order of its imports, its first name again at its end; empty where none is."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _arrows(sources: Iterable[Source]) -> list[Arrow]:
    """Return the imports between modules of the project, the first of each pair."""
    known = {_module(each): each for each in sources if each.is_python}
    found: dict[tuple[str, str], Arrow] = {}
    for source in known.values():
        for node in source.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name in _imported(source, node, known) & known.keys() - {_module(source)}:
                    arrow = Arrow(source=source, target=known[name], line=node.lineno)
                    found.setdefault((_module(source), name), arrow)
    return [found[pair] for pair in sorted(found)]


def _between_rooms(arrows: Iterable[Arrow]) -> list[Arrow]:
    return [each for each in arrows if _room(each.source) != _room(each.target)]


def _imported(source: Source, node: ast.Import | ast.ImportFrom, known: Container[str]) -> set[str]:
    """Return the modules that an import names: of `from a import b` a.b where that is one, else a."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    base = node.module or ""
    if node.level:
        parents = source.path.split("/")[: -node.level]
        base = ".".join([*parents, *filter(None, [base])])
    below = {f"{base}.{alias.name}" for alias in node.names}
    return {name if name in known else base for name in below}


def _sizes(sources: Iterable[Source]) -> Counter[str]:
    modules = (each for each in sources if each.is_python and not each.path.endswith("__init__.py"))
    return Counter(_room(each) for each in modules)


def _module(source: Source) -> str:
    return source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _room(source: Source) -> str:
    return source.path.rpartition("/")[0] or "."


if __name__ == "__main__":
    print("\n".join(table(project_sources())))
