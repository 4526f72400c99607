"""Refusals that a workflow has answered, as errors with the code that it gave."""

from __future__ import annotations

from activities.base.wait_contract import BeginWaitResult
from activities.contract import RefusalReason, RequestSwitchResult
from domain.kernel.errors import PlanSwitchError


class Refused(PlanSwitchError):
    """A refusal with a code of its own, such as one that the workflow answered."""

    def __init__(self, *, code: str, message: str, remedy: str, reasons: list[RefusalReason]) -> None:
        super().__init__(message, remedy=remedy, reasons=reasons)
        self.refusal_code = code


def refused(result: RequestSwitchResult | BeginWaitResult) -> Refused:
    """Return the error of a request that was refused, with every reason."""
    reasons = list(result.reasons) if isinstance(result, RequestSwitchResult) else []
    return Refused(code=result.code, message=result.message, remedy=result.remedy, reasons=reasons)
