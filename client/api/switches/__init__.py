"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        list_switches as list_switches,
    )
    from . import (
        list_users_at as list_users_at,
    )
    from . import (
        list_users_between as list_users_between,
    )
    from . import (
        make_quote as make_quote,
    )
    from . import (
        quote_back as quote_back,
    )
    from . import (
        show_audit as show_audit,
    )
    from . import (
        show_differences as show_differences,
    )
    from . import (
        show_history as show_history,
    )
    from . import (
        show_service_settings as show_service_settings,
    )
    from . import (
        show_state as show_state,
    )
    from . import (
        show_switch as show_switch,
    )
    from . import (
        show_timeline as show_timeline,
    )
    from . import (
        start_back as start_back,
    )
    from . import (
        start_switch as start_switch,
    )
    from . import (
        stream_switch as stream_switch,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "list_switches",
    "list_users_at",
    "list_users_between",
    "make_quote",
    "quote_back",
    "show_audit",
    "show_differences",
    "show_history",
    "show_service_settings",
    "show_state",
    "show_switch",
    "show_timeline",
    "start_back",
    "start_switch",
    "stream_switch",
]
