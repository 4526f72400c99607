"""One small check per finding of an assessment: given a case, what is told beside its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.eligibility_input import Case
from domain.findings import Finding, FindingCode, finding, in_order

FindingCheck = Callable[[Case], Iterator[Finding]]


def _auto_renew_off(case: Case) -> Iterator[Finding]:
    source = case.input.source
    stated = source.renewal
    if stated is None or stated.is_automatic is not False or stated.ends_on is None:
        return
    yield finding(
        FindingCode.AUTO_RENEW_OFF,
        subscription_id=source.subscription_id,
        ends_on=stated.ends_on.isoformat(),
    )


#: Checks of the facts of an assessment; findings from elsewhere are added to its answer.
CHECKS: tuple[FindingCheck, ...] = (_auto_renew_off,)


def findings_of(case: Case) -> tuple[Finding, ...]:
    """Return everything that the facts of an assessment give reason to tell."""
    return in_order(each for check in CHECKS for each in check(case))
