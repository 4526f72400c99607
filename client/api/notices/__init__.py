"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        add_recipient as add_recipient,
    )
    from . import (
        list_notices as list_notices,
    )
    from . import (
        list_recipients as list_recipients,
    )
    from . import (
        remove_recipient as remove_recipient,
    )
    from . import (
        resend_notice as resend_notice,
    )
    from . import (
        send_test as send_test,
    )
    from . import (
        show_notice as show_notice,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "add_recipient",
    "list_notices",
    "list_recipients",
    "remove_recipient",
    "resend_notice",
    "send_test",
    "show_notice",
]
