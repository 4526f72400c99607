"""Which step of a switch by hand is next, and why another one may not be started (manual#steps)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from domain.event_table.declared_moves import OUTSIDE_WORDS
from domain.kernel.errors import RequestReused
from domain.operator.manual_events import (
    OUTSIDE_EVIDENCE,
    ManualStepAwaited,
    ManualStepBegun,
    ManualStepDoneOutside,
)
from domain.operator.manual_steps import (
    AUTOMATIC_STEPS,
    GOES_BACK,
    HELD,
    PAUSED,
    command_of,
    is_running,
    next_step,
    recorded_start,
    step_list,
    step_refusal,
)
from domain.switch.control_events import SwitchPaused
from domain.switch.events import CreditCheckNotRequired, ReplacementOrdered, ReplacementReady, SwitchRequested
from domain.switch.move_events import (
    LicenseMoveFinished,
    LicenseMoveHeld,
    LicenseMoveStarted,
    LicensesReduced,
    SourceCancellationBegun,
    SourceCancelled,
)
from domain.switch.return_events import CANCEL, ROLL_BACK, RollBackStarted
from domain.switch.switch_state import SwitchState
from tests.support.stories.aggregate_stories import advance, opened
from tests.support.stories.samples import SWITCH_ID

Told = tuple[type[Any], dict[str, Any]]
BOUGHT: Sequence[Told] = ((ReplacementOrdered, {}), (CreditCheckNotRequired, {}))
VERIFIED: Sequence[Told] = (*BOUGHT, (ReplacementReady, {}))
MOVED: Sequence[Told] = (*VERIFIED, (LicenseMoveStarted, {}), (LicenseMoveFinished, {}))
CANCELLED: Sequence[Told] = (*MOVED, (SourceCancellationBegun, {}), (SourceCancelled, {}))
REDUCED: Sequence[Told] = (*MOVED, (LicensesReduced, {}))


def _awaited(step: str) -> Told:
    return ManualStepAwaited, {"step": step, "code": "", "message": ""}


def _state(*told: Told, mode: str = "manual", order: dict[str, Any] | None = None) -> SwitchState:
    source = opened()
    advance(source, SwitchRequested, mode=mode, order=order or {})
    for event_class, facts in told:
        advance(source, event_class, **facts)
    return source.switch(SWITCH_ID)


@pytest.mark.parametrize(
    ("told", "following"),
    [
        ((), "buy"),
        (((ReplacementOrdered, {}),), "buy"),
        (BOUGHT, "verify"),
        (VERIFIED, "reassign"),
        (MOVED, "cancel"),
        (CANCELLED, ""),
    ],
)
def test_the_steps_come_in_their_order(told: Sequence[Told], following: str) -> None:
    """What the record shows done is done, and the credit check belongs to the order."""
    assert next_step(_state(*told)) == following


def test_a_partial_switch_ends_with_the_reduction() -> None:
    """Who stays keeps the old subscription: cancel is no step of it (manual#some-users)."""
    order = {"selection": "abc", "selected": 12}

    assert next_step(_state(*MOVED, order=order)) == "reduce"
    assert next_step(_state(*REDUCED, order=order)) == ""
    assert "some users stay" in step_refusal(_state(*MOVED, order=order), "cancel")
    assert "everyone moves" in step_refusal(_state(*MOVED), "reduce")


def test_only_the_step_that_is_awaited_may_be_started() -> None:
    """A step that runs, and one that is not next, are refused; the next one is named."""
    waiting = _state(_awaited("buy"))
    running = _state(_awaited("buy"), (ManualStepBegun, {"step": "buy"}))

    assert step_refusal(waiting, "buy") == ""
    assert step_refusal(waiting, "verify") == "Step verify is not next: buy is."
    assert "runs already" in step_refusal(running, "buy")
    assert step_refusal(_state(*BOUGHT), "buy") == "Step buy is done; verify is next."
    assert step_refusal(_state(*CANCELLED), "cancel") == "Step cancel is done; none is left."
    assert "no step" in step_refusal(waiting, "dance")


def test_no_step_starts_while_something_else_goes_on() -> None:
    """A pause, a hold, the way back and an automatic switch each say why."""
    moving: Sequence[Told] = (*VERIFIED, (LicenseMoveStarted, {}), _awaited("reassign"))

    assert step_refusal(_state(*moving, (SwitchPaused, {})), "reassign") == PAUSED
    assert step_refusal(_state(*moving, (LicenseMoveHeld, {})), "reassign") == HELD
    assert step_refusal(_state(*moving, (RollBackStarted, {})), "reassign") == GOES_BACK
    assert step_refusal(_state(mode="automatic"), "buy") == AUTOMATIC_STEPS
    assert step_list(_state(mode="automatic")) == ()


def test_a_step_is_no_command_that_turns_back() -> None:
    """A run that begins anew turns back by a command `cancel`, and not by the step of that name."""
    assert {command_of(step) for step in ("cancel", "reduce")}.isdisjoint({CANCEL, ROLL_BACK})


def test_a_start_is_running_until_it_is_carried_out() -> None:
    """The same request again is carried out if its answer was lost, and not once it got through."""
    begun: Told = (ManualStepBegun, {"step": "verify", "request_id": "verify-1"})
    running = (*BOUGHT, _awaited("verify"), begun)

    assert is_running(_state(*running), "verify", "verify-1")
    assert not is_running(_state(*running), "verify", "verify-2")
    assert not is_running(_state(*running, _awaited("verify")), "verify", "verify-1")
    assert not is_running(_state(*running, (ReplacementReady, {})), "verify", "verify-1")


def test_a_request_id_names_one_start() -> None:
    """Each start is known by its request, also once the step was started again; no other step has it."""
    first, second = (
        (ManualStepBegun, {"step": "reassign", "request_id": request_id, "selection": selection})
        for request_id, selection in (("reassign-1", "five"), ("reassign-2", "six"))
    )
    state = _state(*VERIFIED, _awaited("reassign"), first, _awaited("reassign"), second)

    assert recorded_start(state, "reassign", "reassign-1").selection == "five"
    assert recorded_start(state, "reassign", "reassign-2").selection == "six"
    for step, request_id in (("buy", "reassign-1"), ("reassign", "pause-1")):
        with pytest.raises(RequestReused):
            recorded_start(state, step, request_id)


def test_what_shows_a_step_done_outside_has_words() -> None:
    """The record has a code and figures, and people read a sentence."""
    assert set(OUTSIDE_WORDS) == set(OUTSIDE_EVIDENCE)
    assert OUTSIDE_WORDS["moved"].format(users=2, quantity=0).startswith("2 users held the new plan")


def test_the_list_tells_how_far_each_step_is() -> None:
    """Done, done outside, running, next and later; only the next one has a command."""
    outside = (ManualStepDoneOutside, {"step": "buy"})
    steps = step_list(_state(outside, *BOUGHT, _awaited("verify")))
    running = step_list(_state(*BOUGHT, _awaited("verify"), (ManualStepBegun, {"step": "verify"})))

    assert [(each.step, each.state) for each in steps] == [
        ("buy", "done_outside"),
        ("verify", "next"),
        ("reassign", "later"),
        ("cancel", "later"),
    ]
    assert [each.command for each in steps if each.command] == [
        f"planswitch switch step {SWITCH_ID[:8]} verify --reason …"
    ]
    assert [each.state for each in running] == ["done", "running", "later", "later"]
    assert not any(each.command for each in running)
