"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        approve as approve,
    )
    from . import (
        list_approvals as list_approvals,
    )
    from . import (
        refuse as refuse,
    )
    from . import (
        show_approval as show_approval,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "approve",
    "list_approvals",
    "refuse",
    "show_approval",
]
