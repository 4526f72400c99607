"""Who decides whether a customer of Quill may pay by invoice."""

from __future__ import annotations

from dataclasses import replace

from domain.ports.credit_port import CreditCheckState
from tests.support.clouds.quill.line import QuillLine, Wish
from tests.support.clouds.quill.state import Customer, QuillRefusal


class QuillCredit:
    """Credit checks."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def check(self, organization_id: str, check_id: str) -> CreditCheckState:
        """Return a check."""
        return self._line.call("credit_check", organization_id, lambda customer: _check(customer, check_id))

    def decide(self, organization_id: str, check_id: str, *, verdict: str, key: str) -> CreditCheckState:
        """Decide a check that is not decided."""

        def work(customer: Customer) -> CreditCheckState:
            check = _check(customer, check_id)
            if not check.is_decided:
                check = replace(check, status=verdict, decided_at=self._line.state.now())
                customer.checks[check_id] = check
            return check

        return self._line.change(
            organization_id, Wish(operation="decide_credit_check", key=key, content=(check_id, verdict)), work
        )


def _check(customer: Customer, check_id: str) -> CreditCheckState:
    if check_id not in customer.checks:
        raise QuillRefusal("check_missing")
    return customer.checks[check_id]
