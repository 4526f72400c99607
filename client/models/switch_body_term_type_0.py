from typing import Literal

SwitchBodyTermType0 = Literal["P1M", "P1Y"]

SWITCH_BODY_TERM_TYPE_0_VALUES: set[SwitchBodyTermType0] = {
    "P1M",
    "P1Y",
}


def check_switch_body_term_type_0(value: str) -> SwitchBodyTermType0:
    if value in SWITCH_BODY_TERM_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_TERM_TYPE_0_VALUES!r}")
