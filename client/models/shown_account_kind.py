from typing import Literal

ShownAccountKind = Literal["person", "service_account"]

SHOWN_ACCOUNT_KIND_VALUES: set[ShownAccountKind] = {
    "person",
    "service_account",
}


def check_shown_account_kind(value: str) -> ShownAccountKind:
    if value in SHOWN_ACCOUNT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_ACCOUNT_KIND_VALUES!r}")
