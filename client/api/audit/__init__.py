"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        explain_switch as explain_switch,
    )
    from . import (
        export_bundle as export_bundle,
    )
    from . import (
        list_assessments as list_assessments,
    )
    from . import (
        list_history_pages as list_history_pages,
    )
    from . import (
        show_assessment as show_assessment,
    )
    from . import (
        show_history_what_if as show_history_what_if,
    )
    from . import (
        show_plan_and_actual as show_plan_and_actual,
    )
    from . import (
        show_replay as show_replay,
    )
    from . import (
        show_what_if as show_what_if,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "explain_switch",
    "export_bundle",
    "list_assessments",
    "list_history_pages",
    "show_assessment",
    "show_history_what_if",
    "show_plan_and_actual",
    "show_replay",
    "show_what_if",
]
