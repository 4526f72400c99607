"""The models of the API's answers by subject, each loaded when a command reads one: the help needs none."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ops.base.code_place import installed_name

if TYPE_CHECKING:
    from console.models import catalog, checkouts, controls, quotes, switches, system, users

__all__ = ["catalog", "checkouts", "controls", "quotes", "switches", "system", "users"]


def __getattr__(name: str) -> ModuleType:
    """Load the models of a subject."""
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"{installed_name('console.models')}.{name}")
