"""Every wait names what it waits for, since when, its next look, and what can be done (section 7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from audit.waits import waits_of
from audit.words import effect_of
from domain.awaited import Awaited, Party, is_noted, named_list, party_of
from domain.control_events import SwitchPaused, SwitchResumed
from domain.move_events import LicenseMoveHeld
from domain.recorded import RecordedEvent
from domain.return_events import CompensationStuck
from domain.switch_events import CreditCheckNotRequired, ReplacementOrdered, ReplacementReady, SwitchRequested
from domain.switch_state import LIVE
from domain.wait_events import EligibilityLooked, EligibilityWait
from domain.waiting_events import WaitNoted
from projections.fold import fold
from projections.rows import BoardRow, Rows
from projections.words import REMEDIES, WAITS_FOR, remedy_of
from tests.golden.samples import AT, SWITCH_ID
from tests.unit.audit_stories import Story, at

STEP = "purchase.confirm_provisioning"


def board(story: Story) -> BoardRow:
    """Return the board's row after a story."""
    folded = fold(Rows(), story.events)
    assert folded.dead_letters == ()
    return folded.switches[SWITCH_ID]


def ordered() -> Story:
    """Return the story of a switch that waits for its new subscription."""
    story = Story()
    story.record(SwitchRequested, 0)
    story.record(ReplacementOrdered, 1)
    story.record(CreditCheckNotRequired, 2)
    return story


def noted(story: Story, seconds: int, **facts: Any) -> None:
    """Record that the step waits for two services."""
    story.record(
        WaitNoted,
        seconds,
        activity=STEP,
        **{
            "step": STEP,
            "since": at(3),
            "looks_at": at(seconds + 30),
            "remedy": "Wait, or cancel.",
            "until": None,
            **facts,
        },
    )


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


def test_a_resumed_switch_waits_anew() -> None:
    """The wait after a pause begins when the pause ended."""
    story = ordered()
    story.record(SwitchPaused, 20)
    story.record(SwitchResumed, 50, stage="credit_cleared")

    assert board(story).waits_since == at(50)


def test_a_request_that_waits_names_its_reasons() -> None:
    """What stands in the way is told by message and remedy, and the wait goes on while they are the same."""
    story = Story()
    story.record(cast("type[RecordedEvent]", EligibilityWait.Created), 0)
    story.record(EligibilityLooked, 60)

    row = board(story)

    assert row.wait_names == ["Services of E1 have an open incident: Exchange."]
    assert row.waits_since == at(0)
    assert row.wait_remedy.startswith("Wait. It looks again by itself")


def test_every_stage_that_waits_says_what_can_be_done() -> None:
    """No stage that waits is without words and remedy, and none that has ended has any."""
    assert set(WAITS_FOR) == LIVE
    assert set(REMEDIES) <= set(WAITS_FOR)
    assert all(remedy_of(stage) for stage in WAITS_FOR)
    assert remedy_of("completed") == ""


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
