"""Every row of rules#reasons, by its code: it blocks, says what to do, and clears."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.catalog.rule_sets import rule_set_names
from domain.eligibility.eligibility import Assessment, assess
from domain.reasons.phrases import spoken_figures
from domain.reasons.reasons import REASONS, STAGES, Reason
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    euros,
    facts,
    pool,
    profile,
    subscription,
)
from tests.support.stories.eligibility_stories import STORIES, Story

CODES = sorted(STORIES)
ROWS_OF_SECTION_1 = 31
MODES = ("automatic", "manual")


def ask(story: Story, changes: dict[str, Any], **more: Any) -> Assessment:
    """Assess the usual organization with the facts of a story."""
    return answer(**{**story.always, **changes, **more})


def found(code: str, assessment: Assessment) -> Reason | None:
    """Return the reason with this code, if it is there."""
    reasons = [each for each in assessment.reasons if each.code == code]
    assert len(reasons) <= 1
    return reasons[0] if reasons else None


def raised(code: str) -> Reason:
    """Return the reason that a story raises."""
    reason = found(code, ask(STORIES[code], STORIES[code].raised_by))
    assert reason is not None
    return reason


def test_every_row_has_its_story() -> None:
    """The table (rules#reasons) has 31 rows; each has a story here and a row in the product."""
    assert len(STORIES) == ROWS_OF_SECTION_1
    assert set(STORIES) == set(REASONS)


@pytest.mark.parametrize("code", CODES)
def test_code_is_raised_with_its_evidence(code: str) -> None:
    """The reason names the figures that were compared, and its words are filled in."""
    reason = raised(code)

    assert STORIES[code].evidence.items() <= spoken_figures(reason.evidence).items()
    assert reason.message
    assert not set("{}") & set(reason.message + reason.remedy)


@pytest.mark.parametrize("code", CODES)
def test_code_blocks_its_modes_and_no_other(code: str) -> None:
    """What the row blocks is blocked, in a question for either mode; the rest stays open."""
    story = STORIES[code]
    assert raised(code).blocks == story.blocks

    for mode in MODES:
        assessment = ask(story, story.raised_by, mode=mode)
        blocking = [each.code for each in assessment.blocking(mode)]
        assert (code in blocking) == (mode in story.blocks)
        assert not (code in blocking and assessment.is_eligible)


@pytest.mark.parametrize("code", CODES)
def test_code_tells_the_remedy_and_when_to_look_again(code: str) -> None:
    """The remedy is the row's; so are the kind, the instant and the event of the next look."""
    story, reason = STORIES[code], raised(code)

    assert story.remedy in reason.remedy
    assert (reason.retry.kind, reason.retry.event) == (story.retry, story.event)
    if story.hours is not None:
        assert reason.retry.at == NOW + timedelta(hours=story.hours)
    if story.retry == "at":
        assert reason.retry.at is not None
    assert reason.docs == f"docs/rules.md#{code.lower()}"


@pytest.mark.parametrize("code", CODES)
def test_code_clears_with_its_remedy(code: str) -> None:
    """Once the remedy is done the reason is gone."""
    story = STORIES[code]

    assert found(code, ask(story, story.cleared_by)) is None


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", CODES)
def test_code_counts_at_its_stages_alone(code: str, stage: str) -> None:
    """What no longer matters before the first move or before cancellation is no reason there."""
    story = STORIES[code]

    assert (found(code, ask(story, story.raised_by, stage=stage)) is not None) == (stage in story.stages)


@pytest.mark.parametrize("rules", rule_set_names())
def test_all_reasons_come_at_once_in_every_rule_set(rules: str) -> None:
    """Whatever the rule set, an answer lists everything that stands in the way, each code once."""
    together = ("WRONG_ROLE", "DIFFERENT_ORGANIZATION", "TRIAL", "HIGH_VOLUME", "SWITCH_IN_PROGRESS")
    merged: dict[str, Any] = {
        "rule_set": rules,
        "profile": profile(balance_due=euros(1), segment="nonprofit"),
    }
    for code in together:
        merged |= STORIES[code].raised_by
    merged |= {
        "source": subscription(is_trial=True, status="suspended", contract_type="product_key"),
        "subscribed": (pool(assigned=270),),
    }
    codes = [each.code for each in assess(CATALOG, facts(**merged)).reasons]
    expected = {*together, "UNPAID_BALANCE", "GOVERNMENT_OR_NONPROFIT", "SUBSCRIPTION_NOT_ACTIVE"}
    expected |= {"PREPAID_PRODUCT_KEY", "MORE_USERS_THAN_LICENSES", "TOO_FEW_LICENSES"}

    assert set(codes) == expected
    assert codes == [code for code in REASONS if code in expected]
