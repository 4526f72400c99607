from typing import Literal

AccessKind = Literal["change", "persons_read", "refusal", "sign_in", "sign_out"]

ACCESS_KIND_VALUES: set[AccessKind] = {
    "change",
    "persons_read",
    "refusal",
    "sign_in",
    "sign_out",
}


def check_access_kind(value: str) -> AccessKind:
    if value in ACCESS_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCESS_KIND_VALUES!r}")
