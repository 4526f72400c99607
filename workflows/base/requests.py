"""Requests of a switch: whether two ask for the same, and the answer of one that did not come to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from activities import contract as steps

REUSED = "This request id was used before for another switch."
#: Who asks, why and when, and the proof of it; acknowledgments are compared without their order.
_MAY_DIFFER: dict[str, Any] = {
    **dict.fromkeys(("actor", "reason", "caller", "caller_role", "quoted_on"), ""),
    "acknowledgments": (),
    "signed": None,
}
LATER = "Try again later; `planswitch doctor` tells what is down."


def asks_the_same(order: steps.SwitchOrder, known: steps.SwitchOrder) -> bool:
    """Return whether two orders ask for the same; who asks, why and when may differ in a repetition."""
    request, before = (replace(each, **_MAY_DIFFER) for each in (order, known))
    return request == before and sorted(order.acknowledgments) == sorted(known.acknowledgments)


def refused_answer(code: str, message: str, *, remedy: str = LATER) -> steps.RequestSwitchResult:
    """Return the answer of a request that did not come to be."""
    return steps.RequestSwitchResult(
        saved=(),
        accepted=False,
        code=code,
        message=message,
        remedy=remedy,
        reasons=(),
        users=0,
        promised_end=None,
    )
