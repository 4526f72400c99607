"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        compare_plans as compare_plans,
    )
    from . import (
        list_owned_targets as list_owned_targets,
    )
    from . import (
        list_plans as list_plans,
    )
    from . import (
        list_subscriptions as list_subscriptions,
    )
    from . import (
        list_targets as list_targets,
    )
    from . import (
        list_versions as list_versions,
    )
    from . import (
        make_priced_version as make_priced_version,
    )
    from . import (
        make_version as make_version,
    )
    from . import (
        show_plan as show_plan,
    )
    from . import (
        show_version as show_version,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "compare_plans",
    "list_owned_targets",
    "list_plans",
    "list_subscriptions",
    "list_targets",
    "list_versions",
    "make_priced_version",
    "make_version",
    "show_plan",
    "show_version",
]
