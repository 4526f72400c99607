"""Settings of the sandbox that a fault program brings along, such as the real write quota."""

from __future__ import annotations

import dataclasses
from typing import Any

from domain.kernel.errors import InvalidInput
from sandbox.kernel.model import Settings

#: What the credit bureau answers.
VERDICTS = ("approve", "decline", "silent")
SETTINGS_ABOVE_ZERO = frozenset({"quota_writes", "quota_speed"})
#: Settings that are one of some words.
SETTING_WORDS = {"credit_verdict": VERDICTS}
NUMBER_MAX = 1_000_000_000
#: Days are added to the present day.
DAYS_MAX = 36_500
#: Nobody waits longer for an answer.
LATENCY_MILLISECONDS_MAX = 600_000
#: A program has rules of its own instead.
_DEFAULTS = {name: value for name, value in dataclasses.asdict(Settings()).items() if name != "faults"}


def read_settings(value: Any) -> dict[str, Any]:
    """Return the settings of a program, checked.

    Args:
        value: As it stands in JSON: the name of a setting -> its value.

    Raises:
        InvalidInput: No object, no setting of that name, or not what it may be.
    """
    if not isinstance(value, dict):
        raise InvalidInput(field="settings", value=value, allowed='an object such as {"is_quota_on": true}')
    for name, given in value.items():
        if name not in _DEFAULTS:
            allowed = f"no setting; there are {', '.join(_DEFAULTS)}"
            raise InvalidInput(field=f"settings.{name}", value=given, allowed=allowed)
        allowed = allowed_setting(name)
        if not is_allowed(name, given):
            raise InvalidInput(field=f"settings.{name}", value=given, allowed=allowed)
    return dict(value)


def allowed_setting(name: str) -> str:
    """Return what a setting may be."""
    default = _DEFAULTS[name]
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, str):
        return f"one of {', '.join(SETTING_WORDS[name])}" if name in SETTING_WORDS else "text"
    kind = "an integer" if isinstance(default, int) else "a number"
    return f"{kind} {'above 0' if name in SETTINGS_ABOVE_ZERO else 'from 0'} to {_most(name)}"


def is_allowed(name: str, given: Any) -> bool:
    """Tell whether a setting may have a value."""
    default = _DEFAULTS[name]
    if isinstance(default, bool | str):
        return type(given) is type(default) and given in SETTING_WORDS.get(name, (given,))
    kinds = (int, float) if isinstance(default, float) else (int,)
    return (
        type(given) in kinds and 0 <= given <= _most(name) and (given > 0 or name not in SETTINGS_ABOVE_ZERO)
    )


def _most(name: str) -> int:
    if name == "latency_ms":
        return LATENCY_MILLISECONDS_MAX
    return DAYS_MAX if name.endswith("_days") else NUMBER_MAX
