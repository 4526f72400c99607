"""What people read of a switch of licenses only speaks of no order, bill or seller (rules#licenses-only)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest

import domain
from activities.base.alarms import waiting_words
from domain.kernel.money import NO_CURRENCY, Money, bound_words
from domain.kernel.recorded import RecordedEvent
from domain.operator.amendment import NOTHING_ORDERED
from domain.operator.operator_commands import advice_on_wait, operator_commands, wait_commands
from domain.operator.switch_end import GOING_BACK_OWNED, lock_holder, switch_holder
from domain.organizations.organization import LockHolder
from domain.requests.wait_events import EligibilityWait
from domain.switch import events, provisioning_events, return_events
from domain.switch import move_events as moves
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.stage import Stage
from domain.switch.stage_words import remedy_of, waits_for
from domain.switch.switch_state import SwitchState
from projections.board.fold import fold
from projections.board.rows import BoardRow, Rows
from tests.support.stories.aggregate_stories import advance, at, opened
from tests.support.stories.audit_stories import Story
from tests.support.stories.samples import SWITCH_ID, sample_of
from workflows.switch import amendments, operator_updates
from workflows.switch.operator_updates import going_back
from workflows.wait import eligibility_wait

ROOT = Path(domain.__file__).parents[1]
OWNED = {"licenses_only": True, "target_subscription_id": "owned"}
#: Stages through which it goes, and those in which it is led back.
STAGES = (
    *(Stage.REQUESTED, Stage.READY, Stage.MOVING, Stage.VERIFYING, Stage.HELD, Stage.MOVED),
    *(Stage.ROLLING_BACK, Stage.ENDING, Stage.STUCK, Stage.PAUSED),
)
#: Words of an order, a bill and whoever takes them.
MONEY = re.compile(
    r"\b(?:seller|order\w*|bill\w*|charg\w*|credit\w*|invoice\w*|void\w*|refund\w*)\b", re.IGNORECASE
)


def owned_state(stage: Stage = Stage.REQUESTED) -> SwitchState:
    """Return a switch of licenses only in a stage."""
    source = opened()
    advance(source, events.SwitchRequested, order=OWNED)
    state = source.switch(SWITCH_ID)
    state.stage = stage
    return state


def board(story: Story) -> BoardRow:
    """Return the board's row after a story."""
    folded = fold(Rows(), story.events)
    assert folded.dead_letters == ()
    return folded.switches[SWITCH_ID]


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_waits_for_a_seller_or_billing(stage: Stage) -> None:
    """The directory alone is asked: whom the switch waits for, what helps, and an alarm say so."""
    words = waits_for(stage, licenses_only=True)

    assert words
    assert not MONEY.search(words)
    assert not MONEY.search(remedy_of(stage))
    if stage.recorded is stage:
        assert not MONEY.search(waiting_words(owned_state(stage)))
        assert not MONEY.search(advice_on_wait(owned_state(stage)))


def test_whoever_tells_a_stage_says_whether_licenses_alone_move() -> None:
    """Kind: a reader that asks for a stage's words without it would speak of the seller."""
    layers = ("activities", "audit", "cli", "console", "domain", "projections", "services", "workflows")
    told = re.compile(r"\bwaits_for\(((?:event|row|state|stage)[^()]*)\)")
    asked = [
        (file.name, each)
        for layer in layers
        for file in (ROOT / layer).rglob("*.py")
        for each in told.findall(file.read_text(encoding="utf-8"))
    ]

    assert ("alarms.py", "state.stage, licenses_only=state.is_licenses_only") in asked
    assert [(name, each) for name, each in asked if "licenses_only" not in each] == []


@pytest.mark.parametrize("is_moving", [True, False])
def test_who_leads_it_back_hears_of_no_order(*, is_moving: bool) -> None:
    """Nothing was ordered, so that nothing is voided; every other switch says what becomes of its order."""
    owned = going_back(is_moving=is_moving, licenses_only=True)
    other = going_back(is_moving=is_moving, licenses_only=False)

    assert "locks are released" in owned
    assert not MONEY.search(owned)
    assert "voided" in other
    assert not MONEY.search(operator_updates.IS_COMPLETED)
    assert amendments.NOTHING_ORDERED == NOTHING_ORDERED


@pytest.mark.parametrize("stage", [Stage.REQUESTED, Stage.READY, Stage.MOVING, Stage.HELD, Stage.MOVED])
def test_no_command_that_it_takes_speaks_of_money(stage: Stage) -> None:
    """What a command would do is told before it acts."""
    for each in operator_commands(owned_state(stage), plan="E1"):
        if each.is_allowed:
            assert not MONEY.search(each.what), each


@pytest.mark.parametrize("command", ["cancel", "roll_back"])
def test_another_request_waits_for_its_way_back(command: str) -> None:
    """Who is kept out by it reads for whom to wait: no seller takes an order back."""
    state = owned_state(Stage.MOVING)
    source = opened()
    advance(source, events.SwitchRequested, order=OWNED)
    advance(source, provisioning_events.TargetConfirmed)
    advance(source, moves.LicenseMoveStarted)
    advance(source, return_events.OperatorCommanded, command=command, request_id="c")
    led_back = source.switch(SWITCH_ID)
    holder = LockHolder(switch_id=SWITCH_ID, since=at(), promised_end=at(600))

    assert lock_holder(holder, led_back, at(60)).waits_for == GOING_BACK_OWNED
    late = switch_holder(holder, state, at(90_000))
    assert not MONEY.search(late.waits_for)


def test_the_end_of_a_wait_speaks_of_users() -> None:
    """A request that waits has moved nobody; what was accepted for it is no money."""
    (_, ends) = wait_commands(licenses_only=True)

    assert ends.what == eligibility_wait.WAIT_ENDS_OWNED
    assert not MONEY.search(ends.what)
    assert bound_words(Money.zero(NO_CURRENCY)) == "no money"


def test_the_board_tells_the_same_after_a_pause() -> None:
    """A switch that goes on where it was waits for what it waited for before."""
    story = Story()
    story.record(events.SwitchRequested, 0, order={**sample_of(events.SwitchRequested).order, **OWNED})
    story.record(provisioning_events.TargetConfirmed, 1)
    story.record(moves.LicenseMoveStarted, 2)
    story.record(moves.LicenseMoveFinished, 3)
    before = board(story)
    story.record(SwitchPaused, 4, until=None)
    story.record(SwitchResumed, 5, stage=Stage.MOVED)

    assert board(story).waits_for == before.waits_for == "the last look at the old plan"


def test_a_request_that_waits_is_one_of_licenses_only() -> None:
    """Its row says so before its switch begins, so that nobody reads of a quote or a charge."""
    story = Story()
    order = {**sample_of(EligibilityWait.Created).order, **OWNED}
    story.record(cast("type[RecordedEvent]", EligibilityWait.Created), 0, order=order)

    assert board(story).licenses_only
