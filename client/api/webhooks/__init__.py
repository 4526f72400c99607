"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        change_webhook as change_webhook,
    )
    from . import (
        create_webhook as create_webhook,
    )
    from . import (
        disable_webhook as disable_webhook,
    )
    from . import (
        enable_webhook as enable_webhook,
    )
    from . import (
        list_deliveries as list_deliveries,
    )
    from . import (
        list_types as list_types,
    )
    from . import (
        list_webhooks as list_webhooks,
    )
    from . import (
        remove_webhook as remove_webhook,
    )
    from . import (
        replay_deliveries as replay_deliveries,
    )
    from . import (
        roll_secret as roll_secret,
    )
    from . import (
        show_delivery as show_delivery,
    )
    from . import (
        show_webhook as show_webhook,
    )
    from . import (
        test_webhook as test_webhook,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "change_webhook",
    "create_webhook",
    "disable_webhook",
    "enable_webhook",
    "list_deliveries",
    "list_types",
    "list_webhooks",
    "remove_webhook",
    "replay_deliveries",
    "roll_secret",
    "show_delivery",
    "show_webhook",
    "test_webhook",
]
