from typing import Literal

SwitchBodyAutoRenew = Literal["keep", "off", "on"]

SWITCH_BODY_AUTO_RENEW_VALUES: set[SwitchBodyAutoRenew] = {
    "keep",
    "off",
    "on",
}


def check_switch_body_auto_renew(value: str) -> SwitchBodyAutoRenew:
    if value in SWITCH_BODY_AUTO_RENEW_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_AUTO_RENEW_VALUES!r}")
