from typing import Literal

SwitchBodyBillingCycleType0 = Literal["annual", "monthly"]

SWITCH_BODY_BILLING_CYCLE_TYPE_0_VALUES: set[SwitchBodyBillingCycleType0] = {
    "annual",
    "monthly",
}


def check_switch_body_billing_cycle_type_0(value: str) -> SwitchBodyBillingCycleType0:
    if value in SWITCH_BODY_BILLING_CYCLE_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_BILLING_CYCLE_TYPE_0_VALUES!r}"
    )
