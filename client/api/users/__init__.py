"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        change_license as change_license,
    )
    from . import (
        check_users as check_users,
    )
    from . import (
        list_license_edits as list_license_edits,
    )
    from . import (
        list_refusals as list_refusals,
    )
    from . import (
        list_users as list_users,
    )
    from . import (
        preview_users as preview_users,
    )
    from . import (
        show_drift as show_drift,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "change_license",
    "check_users",
    "list_license_edits",
    "list_refusals",
    "list_users",
    "preview_users",
    "show_drift",
]
