"""Which process reads which setting: followed through the code from the command that starts it.

A function that is named counts as called, and a class that is named with all its methods. So a setting may be
said to be read where it is only read on some way, and none is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.tidy_sources import Source

#: Process or group of commands -> what the code is followed from: module, and name in it.
ENTRIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    each: (("cli.stack.processes", each),) for each in ("worker", "serve", "project", "sealer", "migrate")
}
#: It looks at every setting to refuse a wrong one, and that is no use of it.
_CHECKS = frozenset({"load_settings", "masked", "unread_settings"})
#: Endings of the settings that name the same key from other sources.
_SOURCES = ("", "_file", "_command")
_DATABASE_OF_ROLE = "required_database_url_of"

Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Use:
    """What one definition names: other definitions, and settings."""

    places: frozenset[Place]
    settings: frozenset[str]


class Readers:
    """The code of the product as a graph of definitions, each with what it names."""

    def __init__(self, sources: Iterable[Source], classes: Iterable[str], fields: Iterable[str]) -> None:
        """Read the code.

        Args:
            sources: Files of the product.
            classes: Names of the classes whose fields are the settings.
            fields: Names of the settings.
        """
        self._fields = frozenset(fields)
        self._classes = frozenset(classes)
        self._definitions: dict[Place, ast.AST] = {}
        self._imports: dict[str, dict[str, tuple[str, str]]] = {}
        #: Methods and properties of the settings, which are called as `settings.NAME`.
        self._methods: dict[str, Place] = {}
        self._uses: dict[Place, Use] = {}
        for source in sources:
            self._read(
                source.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), source.tree
            )

    def read_by(self, entries: Iterable[Place]) -> frozenset[str]:
        """Return the settings that the code reads which is reached from definitions."""
        waiting, known, read = list(entries), set[Place](), set[str]()
        while waiting:
            place = waiting.pop()
            if place in known or place not in self._definitions or place[1] in _CHECKS:
                continue
            known.add(place)
            use = self._uses.get(place) or self._uses.setdefault(place, self._use(place))
            read |= use.settings
            waiting += use.places
        return frozenset(read)

    def commands(self, package: str) -> tuple[Place, ...]:
        """Return every definition of a package that begins no process, each of which may begin a command."""
        processes = {module for entries in ENTRIES.values() for module, _ in entries}
        return tuple(
            place
            for place in self._definitions
            if place[0].split(".")[0] == package and place[0] not in processes
        )

    def _read(self, module: str, tree: ast.Module) -> None:
        self._imports[module] = dict(_imported(tree))
        for statement in tree.body:
            for name in _names_of(statement):
                self._definitions[module, name] = statement
            if isinstance(statement, ast.ClassDef) and statement.name in self._classes:
                del self._definitions[module, statement.name]
                for method in statement.body:
                    if isinstance(method, ast.FunctionDef):
                        self._definitions[module, method.name] = method
                        self._methods[method.name] = (module, method.name)

    def _use(self, place: Place) -> Use:
        module, imports = place[0], self._imports[place[0]]
        is_own = place in self._methods.values()
        places, settings = set[Place](), set[str]()
        for node in _without_annotations(self._definitions[place]):
            if isinstance(node, ast.Name):
                places |= {(module, node.id), imports.get(node.id, ("", ""))}
            elif isinstance(node, ast.Attribute):
                owner = _last_name(node.value)
                places.add((".".join(filter(None, imports.get(owner, ("", "")))), node.attr))
                if owner.strip("_").endswith("settings") or (is_own and owner == "self"):
                    settings |= {node.attr} & self._fields
                    places.add(self._methods.get(node.attr, ("", "")))
            elif isinstance(node, ast.Call):
                settings |= {f"database_{role}_url" for role in _roles_of(node)} & self._fields
            elif is_own and isinstance(node, ast.Constant) and isinstance(node.value, str):
                settings |= {f"{node.value}{ending}" for ending in _SOURCES} & self._fields
        return Use(places=frozenset(places), settings=frozenset(settings))


def _imported(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the names that a module imports, at its top or in a function, and what they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield each.asname or each.name, (node.module, each.name)
        elif isinstance(node, ast.Import):
            for each in node.names:
                yield each.asname or each.name, (each.name, "")


def _names_of(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (each.id for each in targets if isinstance(each, ast.Name))


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what stands in it, but for types: to name a type is to call nothing."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _without_annotations(child)


def _roles_of(call: ast.Call) -> Iterator[str]:
    """Yield the roles of the database as which a call asks for its address."""
    if _last_name(call.func) == _DATABASE_OF_ROLE:
        for each in call.args:
            if isinstance(each, ast.Attribute):
                yield each.attr.lower()


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
