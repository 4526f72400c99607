"""Prints what an installed product can't import, and the names that it stores; run by its interpreter alone.

`python stored_names.py PACKAGE...`, each by the name under which it is imported there.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eventsourcing.utils import get_topic


def main(packages: Sequence[str]) -> None:
    """Import every module and print the failures, the topics of events, and Temporal's names."""
    failed = dict(_failures(packages))
    modules = [module for name, module in sys.modules.items() if name.startswith(tuple(packages))]
    objects = [each for module in modules for each in _own(module, module.__name__, "")]
    topics = {get_topic(each) for each in objects if isinstance(getattr(each, "TOPIC", None), str)}
    print(json.dumps({"failed": failed, "topics": sorted(topics), "names": sorted(_temporal_names(objects))}))


def _failures(packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Import the modules of packages, and yield those that can't be imported with the reason."""
    for package in packages:
        module = importlib.import_module(package)
        below = pkgutil.walk_packages(getattr(module, "__path__", ()), f"{package}.")
        for name in [each.name for each in below]:
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                yield name, error.name or ""


def _own(owner: Any, module: str, path: str) -> Iterator[Any]:
    """Yield the classes and functions that a module defines, those of its classes too."""
    for name, each in list(vars(owner).items()):
        if getattr(each, "__module__", "") == module and getattr(each, "__qualname__", "") == path + name:
            yield each
            if isinstance(each, type):
                yield from _own(each, module, f"{path}{name}.")


def _temporal_names(objects: Iterable[Any]) -> Iterator[str]:
    for each in objects:
        for kind in ("workflow", "activity"):
            definition = getattr(each, f"__temporal_{kind}_definition", None)
            if definition is not None:
                yield f"{kind} {definition.name}"


if __name__ == "__main__":
    main(sys.argv[1:])
