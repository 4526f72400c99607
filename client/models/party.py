from typing import Literal

Party = Literal["customer", "developers", "installation", "nobody", "operator", "provider"]

PARTY_VALUES: set[Party] = {
    "customer",
    "developers",
    "installation",
    "nobody",
    "operator",
    "provider",
}


def check_party(value: str) -> Party:
    if value in PARTY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PARTY_VALUES!r}")
