"""Every name of an operation that the adapters can send, read from their code without running it.

It follows what stands as `operation` in a `ProviderRequest`: constants, names built from parts, and
parameters back to every caller. What it can't follow to its end is an error and never passed over.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TypeVar

_REQUEST = "ProviderRequest"
_HOPS_MAX = 12
Node = TypeVar("Node", bound=ast.AST)


class Unfollowed(AssertionError):
    """A place where the name of an operation can't be read from the code."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """An expression and where it stands."""

    module: Module
    node: ast.expr

    @cached_property
    def function(self) -> ast.FunctionDef | None:
        """Return the function around it, if any."""
        return self.module.around(self.node, ast.FunctionDef)

    @cached_property
    def owner(self) -> str:
        """Return the class around it, or ""."""
        owner = self.module.around(self.node, ast.ClassDef)
        return owner.name if owner else ""

    def at(self, node: ast.expr) -> Place:
        """Return another expression of the same module."""
        return Place(module=self.module, node=node)

    def __str__(self) -> str:
        """Return where it stands, and what."""
        return f"{self.module.path}:{self.node.lineno}: {ast.unparse(self.node)}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Module:
    """One file of the adapters."""

    path: Path
    tree: ast.Module

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def around(self, node: ast.AST, kind: type[Node]) -> Node | None:
        """Return the nearest node of a kind around another one."""
        parent = self._parents.get(node)
        while parent is not None and not isinstance(parent, kind):
            parent = self._parents.get(parent)
        return parent

    def calls(self, name: str) -> Iterator[Place]:
        """Yield every call of what has this name, with or without something before a dot."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _last(node.func) == name:
                yield Place(module=self, node=node)

    def type_of(self, owner: str, attribute: str) -> str:
        """Return the class of `self.attribute` by the constructor of its class; "" where it does not say."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and node.name == owner:
                return _attribute_type(node, attribute)
        return ""


def _attribute_type(owner: ast.ClassDef, attribute: str) -> str:
    for node in ast.walk(owner):
        if not isinstance(node, ast.FunctionDef) or node.name != "__init__":
            continue
        parameters = {each.arg: each.annotation for each in (*node.args.args, *node.args.kwonlyargs)}
        for statement in ast.walk(node):
            if isinstance(statement, ast.Assign) and _last(statement.targets[0]) == attribute:
                value = statement.value
                annotation = parameters.get(_last(value))
                return _last(value.func if isinstance(value, ast.Call) else annotation)
    return ""


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """The code of all adapters.

    Args:
        modules: Their files.
        given: Parameter that only other layers give -> its values.
    """

    modules: tuple[Module, ...]
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def below(cls, folders: Iterator[Path], given: Mapping[str, frozenset[str]]) -> Adapters:
        """Read every file below some folders."""
        files = sorted(file for folder in folders for file in folder.rglob("*.py"))
        modules = (Module(path=file, tree=ast.parse(file.read_text(encoding="utf-8"))) for file in files)
        return cls(modules=tuple(modules), given=given)

    def operations(self) -> frozenset[str]:
        """Return every operation that a request can have.

        Raises:
            Unfollowed: A name can't be read from the code.
        """
        requests = [place for module in self.modules for place in module.calls(_REQUEST)]
        assert requests
        return frozenset().union(*(self._values(self._argument(each, "operation"), 0) for each in requests))

    def _argument(self, call: Place, name: str) -> Place:
        assert isinstance(call.node, ast.Call)
        for keyword in call.node.keywords:
            if keyword.arg == name:
                return call.at(keyword.value)
        raise Unfollowed(f"{call} has no {name}")

    def _values(self, place: Place, hops: int) -> frozenset[str]:
        node = place.node
        if hops > _HOPS_MAX:
            raise Unfollowed(str(place))
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.IfExp():
                branches = (node.body, node.orelse)
                return frozenset().union(*(self._values(place.at(each), hops + 1) for each in branches))
            case ast.JoinedStr():
                parts = [self._part(place.at(each), hops + 1) for each in node.values]
                return frozenset("".join(each) for each in product(*parts))
            case ast.Name():
                return self._of_name(place, node.id, hops + 1)
            case ast.Attribute(attr=attribute):
                return self._of_field(place, attribute, hops + 1)
        raise Unfollowed(str(place))

    def _part(self, place: Place, hops: int) -> frozenset[str]:
        node = place.node
        return self._values(place.at(node.value) if isinstance(node, ast.FormattedValue) else place, hops)

    def _of_name(self, place: Place, name: str, hops: int) -> frozenset[str]:
        assigned = list(self._assigned(place, name))
        if assigned:
            return frozenset().union(*(self._values(each, hops) for each in assigned))
        if place.function is not None and name in _parameters(place.function):
            return self._of_parameter(place, place.function, name, hops)
        constants = [each for module in self.modules for each in _constants(module, name)]
        if constants:
            return frozenset().union(*(self._values(each, hops) for each in constants))
        raise Unfollowed(f"{place} ({name})")

    def _assigned(self, place: Place, name: str) -> Iterator[Place]:
        """Yield what is assigned to a local name, in the function or in one around it."""
        function: ast.FunctionDef | None = place.function
        while function is not None:
            for node in ast.walk(function):
                if isinstance(node, ast.Assign):
                    yield from (place.at(value) for key, value in _pairs(node) if key == name)
            function = place.module.around(function, ast.FunctionDef)

    def _of_parameter(self, place: Place, function: ast.FunctionDef, name: str, hops: int) -> frozenset[str]:
        values = frozenset().union(
            *(
                self._values(argument, hops)
                for module in self.modules
                for call in module.calls(function.name)
                if self._is_of(call, place)
                for argument in _given(call, function, name)
            )
        )
        values |= self.given.get(name, frozenset()) if not values else frozenset()
        if not values:
            raise Unfollowed(f"{place}: nobody calls {function.name} with {name}")
        return values

    def _is_of(self, call: Place, place: Place) -> bool:
        """Return whether a call is one of the function of `place`, and not of another with its name."""
        assert isinstance(call.node, ast.Call)
        receiver = ""
        match call.node.func:
            case ast.Name():
                return not place.owner
            case ast.Attribute(value=ast.Name(id="self")):
                receiver = call.owner
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=attribute)):
                receiver = call.module.type_of(call.owner, attribute)
            case ast.Attribute(value=ast.Name(id=name)):
                receiver = self._annotation(call, name)
        # What the code does not tell counts, unless every dictionary has a method of that name.
        return receiver == place.owner or (not receiver and _last(call.node.func) not in dir(dict))

    def _annotation(self, call: Place, name: str) -> str:
        """Return the class that a parameter is declared with, around a call; "" where it is none."""
        function = call.function
        while function is not None:
            for each in (*function.args.args, *function.args.kwonlyargs):
                if each.arg == name:
                    return _last(each.annotation)
            function = call.module.around(function, ast.FunctionDef)
        return ""

    def _of_field(self, place: Place, attribute: str, hops: int) -> frozenset[str]:
        """Follow a field of a record that is no request, such as `change.operation`."""
        values = frozenset().union(
            *(
                self._values(Place(module=module, node=keyword.value), hops)
                for module in self.modules
                for call in _makers(module)
                for keyword in call.keywords
                if keyword.arg == attribute
            )
        )
        if not values:
            raise Unfollowed(str(place))
        return values


def _makers(module: Module) -> Iterator[ast.Call]:
    """Yield the calls that make a record with an operation, other than requests, errors and readings."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _last(node.func) == "Change":
            yield node


def _constants(module: Module, name: str) -> Iterator[Place]:
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            yield from (Place(module=module, node=value) for key, value in _pairs(node) if key == name)


def _pairs(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name with its value, of `a = 1` and of `a, b = 1, 2`."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target.id, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for each, value in zip(target.elts, node.value.elts, strict=True):
                if isinstance(each, ast.Name):
                    yield each.id, value


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]


def _given(call: Place, function: ast.FunctionDef, name: str) -> Iterator[Place]:
    """Yield the argument that a call gives a parameter."""
    assert isinstance(call.node, ast.Call)
    yield from (call.at(each.value) for each in call.node.keywords if each.arg == name)
    positional = [each.arg for each in function.args.args if each.arg != "self"]
    if name in positional and positional.index(name) < len(call.node.args):
        yield call.at(call.node.args[positional.index(name)])


def _last(node: ast.AST | None) -> str:
    """Return the last name of `a.b.c`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
