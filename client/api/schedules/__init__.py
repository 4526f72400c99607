"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        accept_price as accept_price,
    )
    from . import (
        change_start as change_start,
    )
    from . import (
        list_schedules as list_schedules,
    )
    from . import (
        quote_start as quote_start,
    )
    from . import (
        show_price as show_price,
    )
    from . import (
        show_schedule as show_schedule,
    )
    from . import (
        undo_schedule as undo_schedule,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "accept_price",
    "change_start",
    "list_schedules",
    "quote_start",
    "show_price",
    "show_schedule",
    "undo_schedule",
]
