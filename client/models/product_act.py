from typing import Literal

ProductAct = Literal["buy", "buy_trial", "cancel", "pay", "reactivate", "resize"]

PRODUCT_ACT_VALUES: set[ProductAct] = {
    "buy",
    "buy_trial",
    "cancel",
    "pay",
    "reactivate",
    "resize",
}


def check_product_act(value: str) -> ProductAct:
    if value in PRODUCT_ACT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PRODUCT_ACT_VALUES!r}")
