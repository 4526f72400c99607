"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        amend_switch as amend_switch,
    )
    from . import (
        cancel_switch as cancel_switch,
    )
    from . import (
        list_commands as list_commands,
    )
    from . import (
        list_steps as list_steps,
    )
    from . import (
        look_again as look_again,
    )
    from . import (
        pause_switch as pause_switch,
    )
    from . import (
        read_completion_notice as read_completion_notice,
    )
    from . import (
        resume_switch as resume_switch,
    )
    from . import (
        retry_switch as retry_switch,
    )
    from . import (
        roll_back_switch as roll_back_switch,
    )
    from . import (
        show_amendment as show_amendment,
    )
    from . import (
        show_failed_user as show_failed_user,
    )
    from . import (
        show_unresolved as show_unresolved,
    )
    from . import (
        skip_user as skip_user,
    )
    from . import (
        start_step as start_step,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "amend_switch",
    "cancel_switch",
    "list_commands",
    "list_steps",
    "look_again",
    "pause_switch",
    "read_completion_notice",
    "resume_switch",
    "retry_switch",
    "roll_back_switch",
    "show_amendment",
    "show_failed_user",
    "show_unresolved",
    "skip_user",
    "start_step",
]
