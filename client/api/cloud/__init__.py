"""The operations of one subject; a command loads the one that it uses."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        begin_device_sign_in as begin_device_sign_in,
    )
    from . import (
        begin_sign_in as begin_sign_in,
    )
    from . import (
        finish_device_sign_in as finish_device_sign_in,
    )
    from . import (
        finish_sign_in as finish_sign_in,
    )
    from . import (
        show_cloud as show_cloud,
    )
    from . import (
        sign_out as sign_out,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in __all__:
            raise AttributeError(name)
        return import_module(f".{name}", __name__)


__all__ = [
    "begin_device_sign_in",
    "begin_sign_in",
    "finish_device_sign_in",
    "finish_sign_in",
    "show_cloud",
    "sign_out",
]
