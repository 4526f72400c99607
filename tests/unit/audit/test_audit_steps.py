"""Steps, attempts and calls of the audit, told from hand-made rows and events."""

from __future__ import annotations

from typing import Any

from audit.story.steps import CALLS_TOLD_MAX, Attempt, StepStory, steps_of
from domain.switch.events import ReplacementOrdered, SwitchFailed
from domain.switch.return_events import CompensationStuck
from tests.support.stories.audit_stories import END_STEP, ORDER_STEP, Story


def told(story: Story) -> tuple[StepStory, ...]:
    """Return the steps of a story."""
    return steps_of(story.events, story.calls)


def attempts(story: Story) -> tuple[Attempt, ...]:
    """Return the attempts of a story's only step."""
    (step,) = told(story)
    return step.attempts


def test_an_attempt_is_told_by_its_answer_and_the_next_repeats_its_key() -> None:
    """A lost answer is "no answer"; the same key again is marked, and a read without a key is not."""
    story = Story()
    story.call(ORDER_STEP, 1, key="")
    story.call(ORDER_STEP, 1, key="k1", status=0, code="ReadTimeout")
    story.call(ORDER_STEP, 3, attempt=2, key="")
    story.call(ORDER_STEP, 3, attempt=2, key="k1", status=201)
    story.record(ReplacementOrdered, 3, activity=ORDER_STEP, attempt=2)

    first, second = attempts(story)

    assert (first.outcome, first.calls_total, first.calls_failed) == ("no_answer", 2, 1)
    assert first.result == "recorded nothing; no answer (ReadTimeout) (seller, checkout)"
    assert (second.outcome, second.result) == ("recorded", "recorded replacement-ordered")
    assert [call.repeats_key for call in (*first.calls, *second.calls)] == [False, False, False, True]


def test_a_refusal_is_told_in_the_providers_words() -> None:
    """Status, code and text stand in the attempt's result."""
    story = Story()
    story.call(ORDER_STEP, 1, status=400, code="800061", text="Too late.")

    (attempt,) = attempts(story)

    assert (attempt.outcome, attempt.calls[0].is_failed) == ("refused", True)
    assert attempt.result == "recorded nothing; 400 800061: Too late. (seller, checkout)"


def test_an_answer_that_can_not_be_read_is_no_success() -> None:
    """A 200 of a proxy's page counts as failed."""
    story = Story()
    story.call(ORDER_STEP, 1, code="UNREADABLE")

    assert attempts(story)[0].calls_failed == 1


def test_an_attempt_without_a_trace_is_not_left_out() -> None:
    """A process that died leaves a gap in the numbers; the audit says so instead of hiding it."""
    story = Story()
    story.call(ORDER_STEP, 9, attempt=3)

    assert [attempt.outcome for attempt in attempts(story)] == ["no_trace", "no_trace", "nothing_new"]
    assert attempts(story)[0].began_at is None


def test_waiting_attempts_are_no_failures() -> None:
    """Asked, answered, nothing recorded, asked again: that is waiting.

    See rules#waiting-for-the-new-subscription.
    """
    story = Story()
    story.call(ORDER_STEP, 1)
    story.call(ORDER_STEP, 6, attempt=2)

    assert [attempt.outcome for attempt in attempts(story)] == ["asked_again", "nothing_new"]


def test_runs_of_one_step_are_kept_apart_in_their_order() -> None:
    """A step that ran twice is told twice, each with its own attempts."""
    story = Story()
    story.call(ORDER_STEP, 1, activity_id="3")
    story.call(ORDER_STEP, 9, activity_id="7", status=503)

    assert [(step.activity_id, step.is_failed) for step in told(story)] == [("3", False), ("7", True)]


def test_the_step_before_a_failure_is_told_why_it_failed() -> None:
    """A rule's refusal leaves no failed call; the switch's end names it, not the step that recorded it."""
    story = Story()
    story.call(ORDER_STEP, 1)
    story.call(END_STEP, 2)
    story.record(SwitchFailed, 3, activity=END_STEP, code="RULE_VIOLATED", message="No.")

    order, end = told(story)

    assert (order.attempts[-1].outcome, order.attempts[-1].result) == ("failed", "failed, RULE_VIOLATED: No.")
    assert end.attempts[-1].outcome == "recorded"


def test_a_stuck_way_back_names_its_own_step() -> None:
    """The step that could not take something back is the one that is told as failed."""
    story = Story()
    story.call(END_STEP, 1, status=400, code="800061")
    facts: dict[str, Any] = {"code": "PROVIDER_REFUSED", "message": "Too late.", "step": END_STEP}
    story.record(CompensationStuck, 2, activity="roll_back.record_stuck", **facts)

    (end, _) = told(story)

    assert end.attempts[-1].result == "failed, PROVIDER_REFUSED: Too late."


def test_many_calls_are_cut_but_never_those_that_failed() -> None:
    """A slice of many users is told in part; its failures are told first, and the totals stay."""
    story = Story()
    for number in range(CALLS_TOLD_MAX + 50):
        story.call(ORDER_STEP, number, status=429 if number >= CALLS_TOLD_MAX else 200)

    (attempt,) = attempts(story)

    assert (len(attempt.calls), attempt.calls_total) == (CALLS_TOLD_MAX, CALLS_TOLD_MAX + 50)
    assert sum(call.is_failed for call in attempt.calls) == attempt.calls_failed == 50
