from typing import Literal

AccountBodyKind = Literal["person", "service_account"]

ACCOUNT_BODY_KIND_VALUES: set[AccountBodyKind] = {
    "person",
    "service_account",
}


def check_account_body_kind(value: str) -> AccountBodyKind:
    if value in ACCOUNT_BODY_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNT_BODY_KIND_VALUES!r}")
