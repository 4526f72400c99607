"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        buy_missing as buy_missing,
    )
    from . import (
        buy_product as buy_product,
    )
    from . import (
        buy_trial as buy_trial,
    )
    from . import (
        cancel_product as cancel_product,
    )
    from . import (
        list_products as list_products,
    )
    from . import (
        look_at_products as look_at_products,
    )
    from . import (
        pay_balance as pay_balance,
    )
    from . import (
        reactivate_product as reactivate_product,
    )
    from . import (
        resize_product as resize_product,
    )
    from . import (
        show_product as show_product,
    )
    from . import (
        unassign_users as unassign_users,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "buy_missing",
    "buy_product",
    "buy_trial",
    "cancel_product",
    "list_products",
    "look_at_products",
    "pay_balance",
    "reactivate_product",
    "resize_product",
    "show_product",
    "unassign_users",
]
