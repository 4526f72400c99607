"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        block_account as block_account,
    )
    from . import (
        end_own_session as end_own_session,
    )
    from . import (
        end_own_sessions as end_own_sessions,
    )
    from . import (
        grant_role as grant_role,
    )
    from . import (
        list_keys as list_keys,
    )
    from . import (
        list_own_sessions as list_own_sessions,
    )
    from . import (
        list_people as list_people,
    )
    from . import (
        make_key as make_key,
    )
    from . import (
        open_account as open_account,
    )
    from . import (
        revoke_key as revoke_key,
    )
    from . import (
        rotate_key as rotate_key,
    )
    from . import (
        show_account as show_account,
    )
    from . import (
        show_own_account as show_own_account,
    )
    from . import (
        sign_account_out as sign_account_out,
    )
    from . import (
        unblock_account as unblock_account,
    )
    from . import (
        withdraw_role as withdraw_role,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "block_account",
    "end_own_session",
    "end_own_sessions",
    "grant_role",
    "list_keys",
    "list_own_sessions",
    "list_people",
    "make_key",
    "open_account",
    "revoke_key",
    "rotate_key",
    "show_account",
    "show_own_account",
    "sign_account_out",
    "unblock_account",
    "withdraw_role",
]
