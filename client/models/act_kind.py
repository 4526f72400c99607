from typing import Literal

ActKind = Literal[
    "changed", "created", "disabled", "enabled", "removed", "replayed", "secret_rolled", "tested"
]

ACT_KIND_VALUES: set[ActKind] = {
    "changed",
    "created",
    "disabled",
    "enabled",
    "removed",
    "replayed",
    "secret_rolled",
    "tested",
}


def check_act_kind(value: str) -> ActKind:
    if value in ACT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACT_KIND_VALUES!r}")
