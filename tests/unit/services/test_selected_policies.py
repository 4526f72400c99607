"""Some users are billed by whole days (manual#some-users)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from activities.assessment.circumstances import SwitchQuestion
from domain.kernel.errors import InvalidInput
from domain.periods.proration import PER_SECOND
from domain.requests.terms import SwitchTerms
from services.assessment.selections import UserChoice, with_selection

#: Nothing outside is asked.
NOBODY: Any = None
TERMS = SwitchTerms(
    organization_id="contoso",
    source_subscription_id="sub-1",
    target_plan_id="e3",
    mode="manual",
    policy=PER_SECOND,
    start_at="2026-12-24T18:00",
)


@pytest.mark.parametrize(
    ("terms", "choice"),
    [(TERMS, UserChoice(users_listed=("a",))), (replace(TERMS, selection="s"), UserChoice())],
    ids=["named", "selected before"],
)
def test_seconds_are_not_counted_where_some_users_stay(terms: SwitchTerms, choice: UserChoice) -> None:
    """The seller gives the old licenses back from the whole day on: its hours would be billed by nobody."""
    with pytest.raises(InvalidInput) as refused:
        with_selection(NOBODY, SwitchQuestion(terms=terms), choice)

    assert refused.value.details["field"] == "policy"
    assert "whole days" in refused.value.remedy
    # Of everyone they are.
    everyone = with_selection(NOBODY, SwitchQuestion(terms=TERMS), UserChoice())
    assert everyone.terms.policy == PER_SECOND
