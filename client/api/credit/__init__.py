"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        decide_credit as decide_credit,
    )
    from . import (
        extend_credit as extend_credit,
    )
    from . import (
        take_callback as take_callback,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "decide_credit",
    "extend_credit",
    "take_callback",
]
