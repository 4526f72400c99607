"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        export_assessments as export_assessments,
    )
    from . import (
        export_checkouts as export_checkouts,
    )
    from . import (
        export_customers as export_customers,
    )
    from . import (
        export_license_edits as export_license_edits,
    )
    from . import (
        export_products as export_products,
    )
    from . import (
        export_refusals as export_refusals,
    )
    from . import (
        export_schedules as export_schedules,
    )
    from . import (
        export_switches as export_switches,
    )
    from . import (
        export_timeline as export_timeline,
    )
    from . import (
        export_users as export_users,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "export_assessments",
    "export_checkouts",
    "export_customers",
    "export_license_edits",
    "export_products",
    "export_refusals",
    "export_schedules",
    "export_switches",
    "export_timeline",
    "export_users",
]
