"""Every wait names what it waits for, since when, its next look, and what can be done.

See waits#where-it-is-shown.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from activities.base.promise_contract import ALARMS as ALARMED_PROMISES
from activities.contract import RETRY_SECONDS
from audit.story.wait_parts import Wait
from audit.story.waits import waits_of
from domain.event_table.event_table import effect_of
from domain.kernel.awaited import RETRIED_EVERY, Awaited, Party, is_noted, named_list, next_look, party_of
from domain.kernel.recorded import RecordedEvent
from domain.operator.alarms import ALARMS, AlarmRaised
from domain.operator.step_words import step_words
from domain.requests.wait_events import (
    EligibilityLooked,
    EligibilityLookPlanned,
    EligibilityWait,
    StartScheduled,
)
from domain.subscriptions.billing_events import InvoiceAwaited, InvoiceDelivered
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.events import (
    CreditCheckExtended,
    CreditCheckOverdue,
    CreditCheckReminded,
    CreditCheckRequired,
    ReplacementOrdered,
    ReplacementReady,
    SwitchRequested,
)
from domain.switch.move_events import BillingCutOver, CreditSettled, LicenseMoveHeld, SwitchCompleted
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.return_events import CompensationStuck
from domain.switch.stage import BOARD, LIVE, Stage
from domain.switch.stage_words import remedy_of, waits_for
from domain.switch.waiting_events import WaitEnded
from projections.board.fold import fold
from projections.board.money import FIRST_LOOK
from projections.board.rows import BoardRow, Rows
from projections.board.waits import steady_seconds
from tests.support.stories.audit_stories import Story, at
from tests.support.stories.named_waits import STEP, noted, ordered
from tests.support.stories.samples import AT, SWITCH_ID
from workflows.watch.invoice_watch import GAPS_DAYS


def board(story: Story) -> BoardRow:
    """Return the board's row after a story."""
    folded = fold(Rows(), story.events)
    assert folded.dead_letters == ()
    return folded.switches[SWITCH_ID]


def open_wait(story: Story, kind: str, *, at_event: int | None = None) -> Wait:
    """Return the open wait of a kind, as it was before the last events where they are left out."""
    return next(each for each in waits_of(story.events[:at_event]) if each.kind == kind and each.is_open)


def test_the_board_names_what_a_step_waits_for() -> None:
    """Services by name, since when, when it looks next and what can be done stand on the board."""
    story = ordered()
    noted(story, 10)

    row = board(story)

    assert row.waits_for == (
        "the directory to set up services of the new plan: Exchange Online, Viva Learning"
    )
    assert row.wait_names == ["Exchange Online", "Viva Learning"]
    assert (row.waits_since, row.looks_at, row.wait_remedy) == (at(3), at(40), "Wait, or cancel.")


def test_a_step_that_gets_through_ends_its_wait() -> None:
    """What a step recorded that waited ends its wait, on the board and in the audit."""
    story = ordered()
    noted(story, 10)
    noted(story, 40, names=["Viva Learning"])
    story.record(ReplacementReady, 60, activity=STEP)

    row = board(story)
    wait = next(each for each in waits_of(story.events) if each.kind == "step")

    assert (row.waits_for, row.wait_names, row.wait_step) == ("the roster to be frozen", [], "")
    assert (row.waits_since, row.looks_at) == (at(60), None)
    assert (wait.begun_at, wait.ended_at, wait.ended) == (at(3), at(60), "through")
    assert wait.names == ("Viva Learning",)
    assert [mark.at for mark in wait.marks] == [at(40)]


def test_an_open_wait_of_a_step_tells_when_it_looks_next() -> None:
    """The audit tells of a wait that goes on by name, with the next look and what to do."""
    story = ordered()
    noted(story, 10)

    wait = next(each for each in waits_of(story.events) if each.kind == "step")

    assert wait.is_open
    assert (wait.names, wait.looks_at) == (("Exchange Online", "Viva Learning"), at(40))
    assert wait.what_to_do == "Wait, or cancel."
    assert "Viva Learning" in effect_of(story.events[-1].event)


@pytest.mark.parametrize(
    ("event_class", "facts", "words", "remedy"),
    [
        (LicenseMoveHeld, {}, "an operator", "planswitch switch retry"),
        (SwitchPaused, {"until": at(900)}, "an operator: paused by ada", "planswitch switch resume"),
        (CompensationStuck, {"remedy": "Ask the seller."}, "an operator", "Ask the seller."),
    ],
    ids=["held", "paused", "stuck"],
)
def test_a_wait_for_a_person_says_who_since_when_and_what_to_do(
    event_class: type[LicenseMoveHeld | SwitchPaused | CompensationStuck],
    facts: dict[str, Any],
    words: str,
    remedy: str,
) -> None:
    """A switch that waits for an operator says so; what a step waits for beside that does not hide it."""
    story = ordered()
    story.record(event_class, 20, **facts)
    noted(story, 30)

    row = board(story)

    assert row.waits_for.startswith(words)
    assert remedy in row.wait_remedy
    retried_at = at(320) if event_class is CompensationStuck else None
    assert (row.waits_since, row.looks_at) == (at(20), facts.get("until", retried_at))


def test_a_pause_resets_no_wait() -> None:
    """What is waited for goes on in a pause: after it the wait is as old as its stage (docs/waits.md)."""
    story = ordered()
    story.record(SwitchPaused, 20)
    paused = board(story)
    story.record(SwitchResumed, 50, stage="credit_cleared")
    resumed = board(story)
    story.record(SwitchPaused, 60)
    story.record(ReplacementReady, 70, activity=STEP)
    story.record(SwitchResumed, 80, stage="ready")

    assert (paused.waits_since, resumed.waits_since) == (at(20), at(2))
    assert board(story).waits_since == at(70)


def test_a_credit_check_waits_since_it_was_asked_for() -> None:
    """A pause, and a reminder in it, leave the begin of the credit check as it is."""
    story = Story()
    story.record(SwitchRequested, 0)
    story.record(ReplacementOrdered, 1)
    story.record(CreditCheckRequired, 2)
    story.record(SwitchPaused, 20)
    story.record(CreditCheckReminded, 30)
    story.record(SwitchResumed, 50, stage="credit_check")

    assert board(story).waits_since == at(2)


def test_a_request_that_waits_names_its_reasons() -> None:
    """What stands in the way is told by message and remedy, and the wait goes on while they are the same."""
    story = Story()
    story.record(cast("type[RecordedEvent]", EligibilityWait.Created), 0)
    story.record(EligibilityLooked, 60)

    row = board(story)

    assert row.wait_names == ["Services of E1 have an open incident: Exchange."]
    assert row.waits_since == at(0)
    assert "call support. It looks again by itself" in row.wait_remedy


def test_every_stage_that_waits_says_what_can_be_done() -> None:
    """No stage that waits is without words and remedy, and none that has ended has any."""
    waiting = {stage for stage in BOARD if waits_for(stage)}

    assert waiting == LIVE | {Stage.WAITING_ELIGIBLE, Stage.PAUSED}
    assert {stage for stage in BOARD if remedy_of(stage)} == waiting


def _is_noted(waited: int, *, noted_after: int | None = None, is_changed: bool = False) -> bool:
    last: datetime | None = None if noted_after is None else AT + timedelta(seconds=noted_after)
    return is_noted(
        since=AT,
        now=AT + timedelta(seconds=waited),
        is_changed=is_changed,
        noted_since=AT if last else None,
        noted_at=last,
    )


def test_a_wait_is_noted_when_it_is_new_or_changes_and_ever_more_seldom() -> None:
    """What passes at once is no wait; one of two weeks leaves few notes."""
    assert not _is_noted(4)
    assert _is_noted(5)
    assert not _is_noted(9, noted_after=5)
    assert _is_noted(9, noted_after=5, is_changed=True)
    assert _is_noted(10, noted_after=5)

    notes, last = 0, None
    for waited in range(0, 14 * 86_400, 900):
        if _is_noted(waited, noted_after=last):
            notes, last = notes + 1, waited
    assert 5 < notes < 15


def test_names_are_told_in_a_sentence_of_bounded_length() -> None:
    """Three names and how many more there are; every one stands beside the sentence."""
    awaited = Awaited(party=Party.SELLER, action="name subscriptions", names=("a", "b", "c", "d", "e"))

    assert awaited.words() == "the seller to name subscriptions: a, b, c and 2 more"
    assert named_list(("a", "b")) == "a, b"
    assert (party_of("seller"), party_of("unheard of")) == (Party.SELLER, Party.SWITCH)


def test_a_reminder_and_an_extension_move_the_next_look() -> None:
    """After the reminder the deadline is next, after an extension the new one; on board and in audit."""
    story = ordered()
    required: dict[str, Any] = {"reminder_at": at(1_000), "deadline_at": at(2_000), "cap_at": at(9_000)}
    story.record(CreditCheckRequired, 10, **required)
    first = board(story), open_wait(story, "credit_check")
    story.record(CreditCheckReminded, 1_001)
    reminded = board(story), open_wait(story, "credit_check")
    story.record(CreditCheckExtended, 1_100, deadline_at=at(4_000))
    extended = board(story), open_wait(story, "credit_check")
    story.record(CreditCheckOverdue, 4_001)
    overdue = board(story), open_wait(story, "credit_overdue")

    looks = [[each.looks_at for each in pair] for pair in (first, reminded, extended, overdue)]
    assert looks == [[at(1_000)] * 2, [at(2_000)] * 2, [at(4_000)] * 2, [at(9_000)] * 2]


def test_what_is_asked_in_a_pause_is_told_beside_it() -> None:
    """Time runs in a pause: what an operator is asked meanwhile, and its end, stand on the board."""
    story = ordered()
    story.record(SwitchPaused, 20, until=None)
    story.record(ProvisioningOverdue, 30, names=["Exchange Online"], voids_at=at(900))

    row = board(story)

    assert row.stage == "paused"
    assert "paused by ada" in row.waits_for
    assert "the new subscription is not ready in its time; without an answer the order is voided at" in (
        row.waits_for
    )
    assert (row.wait_names, row.looks_at) == (["Exchange Online"], at(900))
    assert "planswitch switch retry" in row.wait_remedy
    assert "planswitch switch resume" in row.wait_remedy


def test_a_step_that_failed_for_good_waits_no_more() -> None:
    """What was noted of a step is gone from the board when it is not tried again; the audit says so."""
    story = ordered()
    noted(story, 10)
    story.record(WaitEnded, 60, activity=STEP, step=STEP, code="PROVIDER_REFUSED")

    row = board(story)
    wait = next(each for each in waits_of(story.events) if each.kind == "step")

    assert (row.waits_for, row.wait_step) == ("the seller to set up the new subscription", "")
    assert (wait.ended, wait.why) == ("failed", f"{step_words(STEP)} is not tried again (PROVIDER_REFUSED)")


def test_an_alarm_does_not_end_the_wait_that_it_calls_for() -> None:
    """The step that calls for somebody waits on; the call ends when the step gets through."""
    story = ordered()
    noted(story, 10)
    story.record(AlarmRaised, 11, activity=STEP, alarm="no_way_on", number=1)
    called = board(story)
    story.record(ReplacementReady, 60, activity=STEP)

    assert (called.wait_step, called.alarms, called.alarmed_at) == (STEP, ["no_way_on"], at(11))
    assert (board(story).alarms, board(story).alarmed_at) == ([], None)
    assert open_wait(story, "step", at_event=-1).begun_at == at(3)


def test_a_request_that_waits_tells_its_next_look_and_why_one_got_no_answer() -> None:
    """The plan of the next look is on the board and in the audit; a look without an answer says why."""
    story = Story()
    story.record(cast("type[RecordedEvent]", EligibilityWait.Created), 0)
    planned: dict[str, Any] = {"looks_at": at(600), "code": "", "message": "", "remedy": ""}
    story.record(EligibilityLookPlanned, 300, **planned)
    row, wait = board(story), open_wait(story, "eligibility")
    trouble = {"code": "PROVIDER_UNAVAILABLE", "message": "The seller is silent.", "remedy": "Wait."}
    story.record(EligibilityLookPlanned, 600, **{**planned, "looks_at": at(601), **trouble})
    failed = board(story)
    story.record(EligibilityLookPlanned, 605, **{**planned, "looks_at": at(1_205)})

    assert (row.looks_at, row.looks_every_seconds) == (at(600), 300)
    assert (wait.looks_at, wait.looks_every_seconds) == (at(600), 300)
    assert "no answer: PROVIDER_UNAVAILABLE: The seller is silent." in failed.wait_names
    assert failed.waits_for == row.waits_for
    assert board(story).wait_names == row.wait_names


def test_a_scheduled_request_waits_for_its_day() -> None:
    """The next look is the beginning of the day; what stands in the way is kept."""
    story = Story()
    story.record(cast("type[RecordedEvent]", EligibilityWait.Created), 0)
    story.record(StartScheduled, 0, not_before=at(80_000))

    row = board(story)

    assert (row.looks_at, open_wait(story, "eligibility").looks_at) == (at(80_000), at(80_000))
    assert row.wait_names == ["Services of E1 have an open incident: Exchange."]
    assert "planswitch switch cancel" in row.wait_remedy


def test_an_invoice_is_waited_for_by_name_when_the_switch_has_ended() -> None:
    """Until it is delivered, and its credit settled, the next look stands on the board and in the audit."""
    story = ordered()
    story.record(BillingCutOver, 100, invoice_promised_at=at(2_592_000))
    story.record(SwitchCompleted, 110)
    begun = board(story)
    story.record(InvoiceAwaited, 86_510, open_point="not_delivered", looks_at=at(172_910))
    asked, wait = board(story), open_wait(story, "invoice")
    story.record(InvoiceDelivered, 172_910)
    story.record(InvoiceAwaited, 172_911, open_point="not_settled", looks_at=at(900_000))
    delivered, credit = board(story), open_wait(story, "settlement")
    story.record(CreditSettled, 900_001)

    assert (begun.waits_for, begun.invoice_open_point) == ("", "not_delivered")
    assert begun.invoice_looks_at == at(110 + 86_400)
    assert (asked.invoice_looks_at, wait.looks_at) == (at(172_910), at(172_910))
    assert (delivered.invoice_open_point, credit.looks_at) == ("not_settled", at(900_000))
    assert (board(story).invoice_open_point, board(story).invoice_looks_at) == ("", None)
    assert not any(each.is_open for each in waits_of(story.events) if each.kind != "promise")


def test_the_next_look_is_reckoned_on_only_where_looks_are_steady() -> None:
    """A wait that is noted seldom tells the next look all the same; where the pace grows it says soon."""
    looks_at = AT + timedelta(minutes=5)

    def seen(minutes: float, every_seconds: int = 300) -> datetime | None:
        return next_look(looks_at, every_seconds=every_seconds, now=AT + timedelta(minutes=minutes))

    assert seen(2) == looks_at
    assert seen(12) == AT + timedelta(minutes=15)
    assert seen(12, every_seconds=0) is None
    assert (steady_seconds(timedelta(minutes=5)), steady_seconds(timedelta(minutes=4))) == (300, 0)


def test_what_waits_for_an_operator_is_tried_again_as_the_workflow_does() -> None:
    """The pace that the board tells is the workflow's own."""
    assert timedelta(seconds=RETRY_SECONDS) == RETRIED_EVERY
    assert GAPS_DAYS[0] * timedelta(days=1) == FIRST_LOOK


def test_every_alarm_has_words_and_every_promise_that_alarms_is_one() -> None:
    """Names of promises and alarms are the same wherever they stand."""
    assert set(ALARMED_PROMISES) == set(ALARMS) - {"no_way_on"}
    assert all(each.what and each.what_to_do for each in ALARMS.values())
