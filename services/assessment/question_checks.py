"""What a question may not say, beyond the type of each field: refused before the cloud is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from activities.assessment.circumstances import SwitchQuestion
from domain.kernel.errors import InvalidInput
from domain.periods.proration import PER_SECOND, POLICIES
from domain.quote.overlap import OVERLAP
from domain.reasons.findings import ACKNOWLEDGED
from domain.requests.terms import DOMAIN_PREFIX

#: Furthest day of a quote, before and after today: ten years.
QUOTED_DAYS_MAX = 3_653
_ACKNOWLEDGMENTS = (*ACKNOWLEDGED, OVERLAP)


def require_askable(question: SwitchQuestion) -> None:
    """Refuse a question that nobody can answer.

    Raises:
        InvalidInput: A policy that no request can bind, an unknown acknowledgment, or a day too far.
    """
    require_bindable(question.terms.policy)
    require_acknowledgments(question.terms.acknowledgments)
    if question.quoted_on is not None:
        _require_near(question.quoted_on)


def require_bindable(policy: str) -> None:
    """Refuse the policy that binds only a cutover at a stated instant: no request can state one.

    Raises:
        InvalidInput: It is that policy.
    """
    if policy == PER_SECOND:
        others = ", ".join(sorted(POLICIES.keys() - {PER_SECOND}))
        raise InvalidInput(field="policy", value=policy, allowed=others)


def require_acknowledgments(names: Iterable[str]) -> None:
    """Refuse what nothing asks to confirm, such as a word that is misspelled.

    Raises:
        InvalidInput: There is no such acknowledgment.
    """
    for name in names:
        if name not in _ACKNOWLEDGMENTS and not name.startswith(DOMAIN_PREFIX):
            allowed = f"{', '.join(_ACKNOWLEDGMENTS)}, or {DOMAIN_PREFIX}NAME"
            raise InvalidInput(field="acknowledgments", value=name, allowed=allowed)


def _require_near(day: date) -> None:
    today = datetime.now(tz=UTC).date()
    first, last = today - timedelta(days=QUOTED_DAYS_MAX), today + timedelta(days=QUOTED_DAYS_MAX)
    if not first <= day <= last:
        raise InvalidInput(field="quoted_on", value=day, allowed=f"a date from {first} to {last}")
