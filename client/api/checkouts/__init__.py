"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        abandon_checkout as abandon_checkout,
    )
    from . import (
        edit_checkout as edit_checkout,
    )
    from . import (
        list_checkouts as list_checkouts,
    )
    from . import (
        order_checkout as order_checkout,
    )
    from . import (
        show_checkout as show_checkout,
    )
    from . import (
        start_checkout as start_checkout,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "abandon_checkout",
    "edit_checkout",
    "list_checkouts",
    "order_checkout",
    "show_checkout",
    "start_checkout",
]
