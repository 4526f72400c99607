"""The verdict of the audit: outcome and cause in one sentence, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from audit.story.holdings import money_of, users_of
from audit.story.steps import steps_of
from audit.story.verdict import Verdict, verdict_of
from audit.story.waits import waits_of
from domain.licenses.move import GroupMoved
from domain.subscriptions.subscription import InvoiceIssued
from domain.switch import events as switch_events
from domain.switch import move_events, return_events
from tests.support.stories.audit_stories import END_STEP, ORDER_STEP, Story
from tests.support.stories.samples import EUROS


def judged(story: Story) -> Verdict:
    """Return the verdict on a story."""
    return verdict_of(
        story.events,
        steps=steps_of(story.events, story.calls),
        waits=waits_of(story.events),
        money=money_of(story.events, story.calls),
        users=users_of(story.events),
    )


def ordered() -> Story:
    """Return a story in which the order was placed."""
    story = Story()
    story.reserved()
    story.call(ORDER_STEP, 5, key="k", status=201)
    story.record(switch_events.ReplacementOrdered, 5, activity=ORDER_STEP, order_id="O1")
    return story


def test_declined_by_the_bureau_names_it() -> None:
    """The bureau's decline is the cause; the void, the money and the users follow (rules#credit-check)."""
    story = ordered()
    story.record(switch_events.CreditCheckDeclined, 9, actor="credit-bureau", reason="", decided_by="bureau")
    story.record(switch_events.ReplacementVoided, 10)
    story.record(switch_events.SwitchDeclined, 10, code="CREDIT_DECLINED", message="Declined.")

    verdict = judged(story)

    assert verdict.sentence == (
        "Declined: credit-bureau declined the credit check as bureau; "
        "the order was taken back, nothing was charged and nobody was moved."
    )
    assert (verdict.outcome, verdict.actor, verdict.code) == ("declined", "credit-bureau", "CREDIT_DECLINED")


@pytest.mark.parametrize(
    ("ending", "facts", "sentence"),
    [
        (
            move_events.SwitchCompleted,
            {"total": None, "moved": 7, "skipped": 0},
            "Completed: 7 of 7 users moved.",
        ),
        (
            switch_events.SwitchCancelled,
            {"message": "not today"},
            "Cancelled: ada cancelled it (not today); nobody was moved.",
        ),
    ],
)
def test_where_licenses_alone_move_the_verdict_speaks_of_users(
    ending: type[Any], facts: dict[str, Any], sentence: str
) -> None:
    """Both plans are owned: there is no order to take back, and nothing to charge (rules#licenses-only)."""
    story = Story()
    story.record(switch_events.SwitchRequested, 1, order={"licenses_only": True})
    if ending is move_events.SwitchCompleted:
        story.record(move_events.LicenseMoveStarted, 2, total=7)
        story.record(GroupMoved, 3, moved=7, failed=0, count=7)
    story.record(ending, 4, **facts)

    assert judged(story).sentence == sentence
    assert money_of(story.events, ()).licenses_only


def test_an_order_that_was_not_taken_back_is_shouted() -> None:
    """What should never be is told loudly, and so is an effect that nobody answered."""
    story = ordered()
    story.call(END_STEP, 8, key="v", status=0, code="ReadTimeout", operation="void_order")
    story.record(switch_events.SwitchFailed, 9, code="UNEXPECTED", message="Broken.")

    assert judged(story).sentence == (
        f"Failed: {ORDER_STEP} failed, UNEXPECTED: Broken; order O1 is NOT taken back, "
        "nothing was charged, 1 call was never answered and nobody was moved."
    )


def test_completed_names_users_and_money() -> None:
    """A switch that went well needs one line."""
    story = ordered()
    story.record(move_events.LicenseMoveStarted, 6, total=10)
    story.record(InvoiceIssued, 8, number="2026-1", total=EUROS)
    story.record(move_events.SwitchCompleted, 9, moved=9, skipped=1)

    verdict = judged(story)

    assert verdict.sentence == "Completed: 9 of 10 users moved, 123.45 EUR was charged by invoice 2026-1."
    assert (verdict.has_ended, verdict.what_to_do, verdict.code) == (True, "", "")


def test_the_most_pressing_wait_is_told_first() -> None:
    """A stuck way back comes before everything else that is waited for; its remedy is what to do."""
    story = ordered()
    story.record(switch_events.CreditCheckNotRequired, 6)
    story.record(move_events.LicenseMoveHeld, 7, code="LICENSES_UNRESOLVED", message="2 users.")
    assert (judged(story).outcome, judged(story).code) == ("hold", "LICENSES_UNRESOLVED")

    facts: dict[str, Any] = {
        "code": "PROVIDER_REFUSED",
        "message": "Too late.",
        "remedy": "Ask the seller.",
        "step": END_STEP,
    }
    story.record(return_events.CompensationStuck, 8, **facts)

    verdict = judged(story)
    assert (verdict.outcome, verdict.has_ended, verdict.step) == ("stuck", False, END_STEP)
    assert verdict.sentence == (
        "Stuck on its way back: waits since 2026-11-22 09:00:08 UTC for an operator: "
        "the end of the switch fails (PROVIDER_REFUSED): Too late."
    )
    assert verdict.what_to_do == "Ask the seller."


def test_a_switch_under_way_tells_what_its_last_attempt_heard() -> None:
    """A step that is tried again and again is named with the provider's last answer."""
    story = ordered()
    story.call("billing_cutover.cut_over_billing", 9, provider="billing", operation="stop", status=503)

    verdict = judged(story)

    assert verdict.outcome == "under_way"
    assert verdict.sentence == (
        "Under way: the last step is the billing cutover; "
        "its last attempt recorded nothing; 503 (billing, stop)."
    )
    assert verdict.what_to_do == "Nothing: a step that fails is tried again by itself."
