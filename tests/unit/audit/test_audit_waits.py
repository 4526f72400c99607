"""Waits, locks, money and users of the audit, told from hand-made events."""

from __future__ import annotations

from audit.story.holdings import locks_of, money_of, users_of
from audit.story.wait_parts import Wait
from audit.story.waits import waits_of
from domain.licenses.move import GroupMoved
from domain.organizations import organization
from domain.switch import events as switch_events
from domain.switch import move_events, return_events
from tests.support.stories.audit_stories import ORDER_STEP, Story, at


def only(story: Story, kind: str) -> Wait:
    """Return the only wait of a kind."""
    (wait,) = [each for each in waits_of(story.events) if each.kind == kind]
    return wait


def required(story: Story) -> None:
    """Record that a credit check began."""
    story.record(
        switch_events.CreditCheckRequired,
        10,
        requested_at=at(10),
        reminder_at=at(100),
        deadline_at=at(200),
        cap_at=at(1000),
    )


def test_an_approved_check_puts_off_the_promise_and_begins_the_next_wait() -> None:
    """The bureau's approval ends the wait; the promise runs on later, and provisioning is waited for."""
    story = Story()
    story.reserved(promised_end=600)
    required(story)
    story.record(
        switch_events.CreditCheckApproved, 110, actor="credit-bureau", reason="", decided_by="bureau"
    )
    story.record(switch_events.ReplacementReady, 650, subscription_id="S2")
    story.record(organization.SwitchReleased, 690, outcome="completed")

    check, promise, provisioning = (only(story, kind) for kind in ("credit_check", "promise", "provisioning"))

    assert (check.ended, check.why, check.planned_end_at) == (
        "approved",
        "by credit-bureau, as bureau",
        at(200),
    )
    assert (promise.planned_end_at, promise.ended) == (at(700), "kept")
    assert (provisioning.begun_at, provisioning.ended_at) == (at(110), at(650))
    assert provisioning.why == "the seller has set up everything as S2"


def test_a_hold_for_an_overdue_check_ends_by_the_extension() -> None:
    """Extended by an operator: the hold ends, the check goes on until the new deadline, both say by whom."""
    story = Story()
    required(story)
    story.record(switch_events.CreditCheckReminded, 100)
    story.record(switch_events.CreditCheckOverdue, 200)
    story.record(
        switch_events.CreditCheckExtended, 250, actor="olga", reason="they asked", deadline_at=at(400)
    )

    check, overdue = only(story, "credit_check"), only(story, "credit_overdue")

    assert (overdue.planned_end_at, overdue.ended) == (at(1000), "extended")
    assert overdue.why == "until 2026-11-22 09:06:40 UTC by olga (they asked)"
    assert (check.is_open, check.planned_end_at, check.ended) == (True, at(400), "open")
    assert [mark.words for mark in check.marks] == [
        "the organization was reminded",
        "overdue: an operator is asked",
        "extended by olga (they asked): until 2026-11-22 09:06:40 UTC instead of 2026-11-22 09:03:20 UTC",
    ]
    assert "planswitch credit approve" in check.what_to_do


def test_a_wait_that_begins_after_the_cancel_ends_by_it() -> None:
    """A step that was on its way when the cancel was recorded still says that it waits."""
    story = Story()
    story.record(return_events.OperatorCommanded, 10, command=return_events.CANCEL, actor="olga", reason="no")
    story.record(switch_events.CreditCheckApproved, 20, actor="credit-bureau", decided_by="bureau")
    story.record(switch_events.SwitchCancelled, 30, message="no")

    wait = only(story, "provisioning")

    assert (wait.ended, wait.why, wait.ended_at) == ("cancelled", "command cancel by olga (no)", at(30))


def test_a_cancel_ends_what_is_waited_for_and_a_retry_does_not() -> None:
    """The operator's cancel is why the wait for the bureau ended (rules#credit-check)."""
    story = Story()
    required(story)
    story.record(return_events.OperatorCommanded, 20, command="retry")
    assert only(story, "credit_check").is_open

    story.record(return_events.OperatorCommanded, 30, actor="olga", reason="no", command="cancel")

    wait = only(story, "credit_check")
    assert (wait.ended, wait.why, wait.ended_at) == ("cancelled", "command cancel by olga (no)", at(30))


def test_a_hold_is_ended_by_a_retry_and_the_next_is_another() -> None:
    """Each hold has its own reason and its own end."""
    story = Story()
    story.record(move_events.LicenseMoveHeld, 10, code="LICENSES_UNRESOLVED", message="2 users.")
    story.record(move_events.UserSkipped, 15, actor="olga", reason="left", user_key="u1")
    story.record(move_events.LicenseMoveResumed, 20, actor="olga", reason="fixed", command="retry")
    story.record(move_events.LicenseMoveHeld, 30, code="LICENSES_UNRESOLVED", message="1 user.")

    first, second = waits_of(story.events)

    assert (first.ended, first.why) == ("resumed", "command retry by olga (fixed)")
    assert [mark.words for mark in first.marks] == ["user u1 skipped by olga (left)"]
    assert (second.is_open, second.about) == (True, "an operator (LICENSES_UNRESOLVED): 1 user.")
    assert "planswitch switch retry" in second.what_to_do


def test_a_stuck_way_back_is_one_wait_until_the_switch_ends() -> None:
    """Another cause of being stuck is a mark with the newest remedy; the end of the switch resolves it."""
    story = Story()
    story.record(return_events.CompensationStuck, 10, code="A", message="a", remedy="do a")
    story.record(return_events.OperatorCommanded, 20, actor="olga", reason="try", command="retry")
    story.record(return_events.CompensationStuck, 30, code="B", message="b", remedy="do b")
    assert only(story, "stuck").what_to_do == "do b"

    story.record(switch_events.SwitchCancelled, 40)

    wait = only(story, "stuck")
    assert (wait.begun_at, wait.ended_at, wait.ended, wait.what_to_do) == (at(10), at(40), "resolved", "")
    assert [mark.words.split(":")[0] for mark in wait.marks] == ["command retry by olga (try)", "again"]


def test_a_promise_that_was_missed_is_told_with_its_instant() -> None:
    """A missed promise is no failure: it is noted, and the end says that it was too late."""
    story = Story()
    story.reserved(promised_end=600)
    story.record(switch_events.PromiseMissed, 600, promise="whole_switch", promised_at=at(600))
    story.record(organization.SwitchReleased, 700, outcome="completed")

    wait = only(story, "promise")

    assert (wait.ended, wait.marks[0].at) == ("missed", at(600))
    assert wait.marks[0].words == "promise whole_switch missed: it was due at 2026-11-22 09:10:00 UTC"


def test_locks_are_told_from_when_to_when() -> None:
    """A lock that was given back late says so; one that is held has no end."""
    story = Story()
    story.reserved(promised_end=600)
    story.record(organization.CommerceLocked, 10, promised_end=at(100))
    story.record(organization.CommerceUnlocked, 200)
    story.record(organization.AdministrationLocked, 300, promised_end=at(900))

    place, commerce, administration = locks_of(story.events)

    assert (place.lock, place.held_from, place.released_at) == ("organization", at(0), None)
    assert (commerce.released_at, commerce.is_promise_kept) == (at(200), False)
    assert (administration.released_at, administration.is_promise_kept) == (None, None)
    assert all(each.is_promised for each in (place, commerce, administration))


def test_by_hand_nobody_promises_an_end_but_the_bureau() -> None:
    """An operator starts the steps: neither place nor lock is late, and no promise of the switch is told."""
    story = Story()
    story.reserved(promised_end=600)
    story.record(switch_events.SwitchRequested, 1, mode="manual")
    story.record(organization.CommerceLocked, 10, promised_end=at(100))
    story.record(organization.AdministrationLocked, 300, promised_end=at(900))
    story.record(organization.AdministrationUnlocked, 9_000)

    place, commerce, administration = locks_of(story.events)

    assert [each.is_promised for each in (place, commerce, administration)] == [False, True, False]
    assert (administration.released_at, administration.is_promise_kept) == (at(9_000), None)
    assert "promise" not in {each.kind for each in waits_of(story.events)}


def test_an_effect_that_nobody_answered_is_named() -> None:
    """A key whose calls all broke off may have had its effect; one answer settles it."""
    story = Story()
    for key, status in (("open", 0), ("open", 503), ("done", 0), ("done", 201), ("no", 400), ("", 0)):
        story.call(ORDER_STEP, len(story.calls), key=key, status=status)

    (effect,) = money_of(story.events, story.calls).open_effects

    assert (effect.key, effect.calls, effect.operation) == ("open", 2, "checkout")


def test_users_are_counted_once_over_all_passes() -> None:
    """Failed first and moved later is one user moved; who returned is counted beside."""
    story = Story()
    story.record(move_events.LicenseMoveStarted, 1, total=10)
    story.record(GroupMoved, 2, moved=8, failed=2)
    story.record(
        move_events.LicensesReassigned,
        2,
        pass_name="verify-1",
        moved=2,
        failed=0,
        earlier_moved=0,
        earlier_failed=2,
    )
    story.record(return_events.RollBackStarted, 3)
    story.record(return_events.LicensesReturned, 4, returned=10)

    users = users_of(story.events)

    assert (users.total, users.moved, users.failed, users.returned) == (10, 10, 0, 10)
    assert users.is_rolled_back
