"""Which of several obstacles is the first cause, on hand-made records (audit#which-cause-is-the-first)."""

from __future__ import annotations

from datetime import datetime

from audit.autopsy.causes import Cause
from audit.autopsy.explanation import Explanation, explanation_of
from audit.autopsy.facts import CaseFacts, UserFailures
from audit.story.holdings import locks_of, money_of, users_of
from audit.story.steps import steps_of
from audit.story.waits import waits_of
from cli.audit.explain import explanation_lines
from domain.event_table.event_declaration import WaitKind
from domain.operator.operator_commands import CommandAdvice
from domain.switch import control_events, move_events, return_events
from domain.switch import events as switch_events
from domain.switch.waiting_events import WaitNoted
from tests.support.stories.audit_stories import END_STEP, ORDER_STEP, Story, at
from tests.support.stories.samples import ORGANIZATION_ID, SWITCH_ID


def explained(
    story: Story, *, now: datetime | None = None, failures: tuple[UserFailures, ...] = ()
) -> Explanation:
    """Return the explanation of a story."""
    events, calls = tuple(story.events), tuple(story.calls)
    facts = CaseFacts(
        switch_id=SWITCH_ID,
        organization_id=ORGANIZATION_ID,
        events=events,
        calls=calls,
        steps=steps_of(events, calls),
        waits=waits_of(events),
        locks=locks_of(events),
        money=money_of(events, calls),
        users=users_of(events),
        failures=failures,
    )
    return explanation_of(facts, now=now or at(3_600))


def begun() -> Story:
    """Return a story in which the switch was ordered."""
    story = Story()
    story.reserved()
    story.record(switch_events.SwitchRequested, 1)
    story.record(switch_events.ReplacementOrdered, 2, activity=ORDER_STEP)
    return story


def waiting(
    story: Story, seconds: int, *, code: str = "PROVIDER_UNAVAILABLE", message: str = "No answer."
) -> None:
    """Record that the order's step waits for the seller."""
    story.record(
        WaitNoted,
        seconds,
        activity=ORDER_STEP,
        step=ORDER_STEP,
        party="seller",
        names=[],
        code=code,
        message=message,
        since=at(seconds - 5),
        looks_at=at(seconds + 30),
        until=None,
    )


def commanded(story: Story, seconds: int, command: str = return_events.CANCEL) -> None:
    """Record an operator's command."""
    story.record(return_events.OperatorCommanded, seconds, actor="olga", reason="enough", command=command)


def cancelled(story: Story, seconds: int) -> None:
    """Record that the switch was taken back."""
    story.record(
        switch_events.SwitchCancelled, seconds, actor="olga", code="CANCEL_REQUESTED", message="enough"
    )


def test_a_cancel_leads_back_to_what_the_switch_waited_for() -> None:
    """The outage was open when the operator gave up; the command is evidence beside it."""
    story = begun()
    waiting(story, 10)
    commanded(story, 20)
    cancelled(story, 30)

    first = explained(story).first_cause

    assert (first.cause, first.step, first.since) == (Cause.PROVIDER_OUTAGE, ORDER_STEP, at(5))
    assert [each.kind for each in first.evidence] == ["event", "event"]
    assert first.remedy == "", "what a waiting switch is advised holds no more"


def test_a_cancel_after_the_trouble_is_the_operators_will() -> None:
    """A wait that had ended before explains nothing."""
    story = begun()
    waiting(story, 10)
    story.record(switch_events.CreditCheckNotRequired, 15, activity=ORDER_STEP)
    commanded(story, 20)
    cancelled(story, 30)

    assert explained(story).first_cause.cause is Cause.OPERATOR_TURNED_BACK


def test_of_one_wait_the_cause_that_was_noted_last_stands() -> None:
    """An outage came first and passed; what the switch waits for now is a permission."""
    story = begun()
    waiting(story, 10)
    waiting(story, 40, code="PERMISSION_MISSING", message="Not allowed.")

    answer = explained(story)

    assert (answer.first_cause.cause, answer.first_cause.since) == (Cause.PERMISSION_MISSING, at(40))
    assert [(each.cause, each.ended_at) for each in answer.obstacles] == [
        (Cause.PROVIDER_OUTAGE, at(40)),
        (Cause.PERMISSION_MISSING, None),
    ]


def test_a_cause_that_comes_back_stands_again() -> None:
    """Each cause of one wait is told once, and the newest note decides which of them goes on."""
    story = begun()
    waiting(story, 10)
    waiting(story, 40, code="PROVIDER_THROTTLED", message="Wait.")
    waiting(story, 70)

    answer = explained(story)

    assert (answer.first_cause.cause, answer.first_cause.since) == (Cause.PROVIDER_OUTAGE, at(5))
    assert [(each.cause, each.begun_at, each.ended_at) for each in answer.obstacles] == [
        (Cause.PROVIDER_OUTAGE, at(5), None),
        (Cause.PROVIDER_THROTTLED, at(40), at(70)),
    ]


def test_an_operator_gave_up_for_the_cause_that_stood_then() -> None:
    """A cancel after both was for the permission; one between them was for the outage."""
    for cancelled_at, cause in ((50, Cause.PERMISSION_MISSING), (20, Cause.PROVIDER_OUTAGE)):
        story = begun()
        waiting(story, 10)
        if cancelled_at > 40:
            waiting(story, 40, code="PERMISSION_MISSING", message="Not allowed.")
        commanded(story, cancelled_at)
        cancelled(story, 60)

        assert explained(story).first_cause.cause is cause


def test_a_hold_has_the_reason_that_most_users_had() -> None:
    """One user without a location beside seven without a license: licenses are what is missing."""
    story = begun()
    story.record(move_events.LicenseMoveHeld, 60, code="LICENSES_UNRESOLVED", message="8 users are left.")
    failures = tuple(
        UserFailures(
            pass_name="move",
            at=at(50),
            error=error,
            code="C",
            text="",
            request_id="r",
            count=count,
            user_keys=(),
        )
        for error, count in (("LOCATION_NOT_SERVED", 1), ("NO_LICENSE_FREE", 7))
    )

    answer = explained(story, failures=failures)

    assert (answer.first_cause.cause, answer.first_cause.code) == (Cause.OUT_OF_LICENSES, "NO_LICENSE_FREE")
    assert {(each.error, each.count) for each in answer.users} >= {
        ("NO_LICENSE_FREE", 7),
        ("LOCATION_NOT_SERVED", 1),
    }
    assert "amend" in answer.first_cause.remedy


def test_users_who_failed_later_do_not_explain_an_earlier_hold() -> None:
    """Without a reason of that time the cause is unknown, with the hold as its evidence."""
    story = begun()
    story.record(move_events.LicenseMoveHeld, 60, code="LICENSES_UNRESOLVED", message="Users are left.")
    later = UserFailures(
        pass_name="retry-1",
        at=at(90),
        error="OTHER",
        code="",
        text="",
        request_id="",
        count=1,
        user_keys=(),
    )

    first = explained(story, failures=(later,)).first_cause

    assert first.cause is Cause.UNKNOWN
    assert "license-move-held" in first.evidence[0].words


def test_what_no_rule_knows_stays_unknown_with_its_evidence() -> None:
    """A code of a newer program: nothing is guessed."""
    story = begun()
    story.record(switch_events.SwitchFailed, 9, code="A_CODE_OF_TOMORROW", message="New.")

    first = explained(story).first_cause

    assert (first.cause, first.code) == (Cause.UNKNOWN, "A_CODE_OF_TOMORROW")
    assert first.evidence[0].place == str(len(story.events))


def test_a_stuck_way_back_comes_before_what_led_there() -> None:
    """What keeps the switch now is the void; the hold of before is told among the obstacles."""
    story = begun()
    story.record(move_events.LicenseMoveHeld, 20, code="PROVIDER_REFUSED", message="No.")
    commanded(story, 30, return_events.ROLL_BACK)
    story.call(
        END_STEP, 40, status=400, code="800061", text="Too late.", operation="void_order", request_id="r-9"
    )
    story.record(
        return_events.CompensationStuck, 41, step=END_STEP, code="PROVIDER_REFUSED", message="Too late."
    )

    answer = explained(story)

    assert answer.first_cause.cause is Cause.WAY_BACK_REFUSED
    assert ("800061", "r-9") in [(each.code, each.request_id) for each in answer.first_cause.evidence]
    assert [each.kind for each in answer.obstacles] == ["hold", "calls", "stuck"]


def test_a_pause_is_told_before_a_step_that_only_notes_it() -> None:
    """A step that waits for the resumption is no obstacle of its own."""
    story = begun()
    story.record(control_events.SwitchPaused, 10, code="PAUSED", message="Paused.", until=None)
    story.record(
        WaitNoted,
        20,
        step=ORDER_STEP,
        party="operator",
        names=[],
        code="NOT_READY_YET",
        message="The switch is paused.",
        since=at(11),
        looks_at=at(30),
        until=None,
    )

    answer = explained(story)

    assert answer.first_cause.cause is Cause.OPERATOR_PAUSED
    assert [each.kind for each in answer.obstacles] == ["pause"]


def test_a_late_switch_of_which_nothing_else_is_recorded_is_unknown() -> None:
    """To say that nothing went wrong would be a guess: a promise was missed."""
    story = begun()
    story.record(switch_events.PromiseMissed, 601, promise="whole_switch", promised_at=at(600))
    story.record(move_events.SwitchCompleted, 900)

    answer = explained(story)

    assert answer.first_cause.cause is Cause.UNKNOWN
    assert "promise missed" in answer.first_cause.evidence[0].words
    assert [
        (each.kept_at, each.late_seconds) for each in answer.promises if each.promise == "whole switch"
    ] == [(at(900), 300.0)]


def test_of_many_different_answers_the_first_are_listed() -> None:
    """What is left out is counted, and never left out in silence."""
    story = begun()
    for number in range(150):
        story.call(ORDER_STEP, number, attempt=number + 1, status=400, code=f"C{number}")

    answer = explained(story)
    lines = explanation_lines(answer)

    assert (len(answer.answers), answer.answers_left_out) == (100, 50)
    assert "  - and 50 more that differ" in lines


def test_cost_and_promises_are_counted_to_the_end() -> None:
    """A switch that goes on is late by now; one that has ended by its end."""
    story = begun()
    waiting(story, 10)
    goes_on = explained(story, now=at(1_200))
    commanded(story, 650)
    cancelled(story, 700)
    ended = explained(story, now=at(99_000))

    assert goes_on.cost.seconds == 1_200
    assert ended.cost.seconds == 700
    assert {each.kind: each.seconds for each in ended.cost.waited}[WaitKind.STEP] == 695.0
    (lock,) = [each for each in goes_on.promises if each.promise == "lock of organization"]
    assert (lock.kept_at, lock.late_seconds) == (None, 600.0)


def test_a_healthy_switch_has_no_cause_and_only_what_it_accepts_is_offered() -> None:
    """Nothing went wrong is an answer as well; refused commands are left out."""
    story = begun()
    events = tuple(story.events)
    facts = CaseFacts(
        switch_id=SWITCH_ID, organization_id=ORGANIZATION_ID, events=events, waits=waits_of(events)
    )
    commands = (
        CommandAdvice(command="cancel", is_allowed=True, what="It is taken back.", why_not=""),
        CommandAdvice(command="retry", is_allowed=False, what="", why_not="Nothing waits."),
    )

    answer = explanation_of(facts, now=at(10), commands=commands)
    lines = explanation_lines(answer)

    assert answer.first_cause.cause is Cause.NOTHING
    assert [each.command for each in answer.options] == ["cancel"]
    assert "  cancel        It is taken back." in lines
