"""What an operator may do in which stage, and what a skip would mean for a user (rules#operator-controls)."""

from __future__ import annotations

import pytest

from domain.catalog.catalog import load_catalog
from domain.operator.operator_commands import kept_plan, loses_license, operator_commands
from domain.ports.directory_port import DirectoryUser, HeldLicense
from domain.switch import control_events as controls
from domain.switch import events
from domain.switch import move_events as moves
from domain.switch import return_events as returns
from domain.switch.stage import LIVE, PAUSABLE, TERMINAL, Stage
from domain.switch.switch_state import SwitchState
from tests.support.stories.aggregate_stories import advance, opened, source_at
from tests.support.stories.samples import SWITCH_ID

CATALOG = load_catalog()
E1, E3 = CATALOG.find("E1").plan_id, CATALOG.find("E3").plan_id
#: Stage -> commands that it takes; a held switch waits for one user.
ALLOWED: dict[str, set[str]] = {
    "requested": {"pause", "cancel", "roll_back"},
    "ordered": {"pause", "cancel", "roll_back"},
    "credit_check": {"pause", "cancel", "roll_back"},
    "credit_overdue": {"pause", "cancel", "roll_back"},
    "credit_cleared": {"pause", "cancel", "roll_back"},
    "ready": {"amend", "pause", "cancel", "roll_back"},
    "moving": {"amend", "pause", "cancel", "roll_back"},
    "provisioning_overdue": {"pause", "cancel", "roll_back", "retry"},
    "held": {"amend", "pause", "cancel", "roll_back", "retry", "retry_users", "skip"},
    "moved": {"amend", "pause", "cancel", "roll_back"},
    "cancelling": set(),
    "rolling_back": set(),
    "stuck": {"retry"},
    "source_cancelled": set(),
    "cut_over": set(),
    **{stage: set() for stage in TERMINAL},
}


def state_at(stage: str, *, is_paused: bool = False) -> SwitchState:
    """Return the state of a switch in a stage, one of whose users has failed."""
    source = source_at(stage)
    state = source.switch(SWITCH_ID)
    if is_paused:
        advance(source, controls.SwitchPaused)
    state.failed = 1
    return state


def allowed(state: SwitchState) -> set[str]:
    """Return the commands that a switch takes."""
    return {each.command for each in operator_commands(state) if each.is_allowed}


@pytest.mark.parametrize("stage", sorted(LIVE | TERMINAL))
def test_each_stage_takes_its_commands_and_tells_why_not_the_others(stage: str) -> None:
    """A command that is refused says why, one that is allowed says what it does (issue 5)."""
    told = operator_commands(state_at(stage))

    assert {each.command for each in told if each.is_allowed} == ALLOWED[stage]
    assert all(bool(each.why_not) != each.is_allowed and each.what for each in told)


@pytest.mark.parametrize("stage", sorted(PAUSABLE))
def test_a_paused_switch_is_resumed_or_led_back(stage: str) -> None:
    """A pause forbids a second one and every write, and nothing else (rules#operator-controls)."""
    before, paused = allowed(state_at(stage)), allowed(state_at(stage, is_paused=True))

    assert paused == before - {"pause", "retry_users"} | {"resume"}


def test_the_way_back_ends_a_pause() -> None:
    """Users may return although the switch was paused when it was led back (rules#operator-controls)."""
    source = source_at("moving")
    advance(source, controls.SwitchPaused)
    state = source.switch(SWITCH_ID)
    assert state.is_paused

    advance(source, returns.RollBackStarted)

    assert not state.is_paused


def test_a_resume_ends_a_pause_and_leaves_the_stage() -> None:
    """The stage is that of the steps, whatever was paused (rules#operator-controls)."""
    source = source_at("requested")
    advance(source, controls.SwitchPaused)
    advance(source, events.ReplacementOrdered)
    state = source.switch(SWITCH_ID)
    assert (state.stage, state.is_paused) == ("ordered", True)

    advance(source, controls.SwitchResumed)

    assert (state.stage, state.is_paused) == ("ordered", False)


def test_a_roll_back_tells_how_many_users_return() -> None:
    """The number is that of the users who moved and have not returned (issue 5)."""
    state = state_at("held")
    state.moved, state.returned = 58, 8
    told = {each.command: each.what for each in operator_commands(state)}

    assert told["roll_back"].startswith("50 users who moved return")
    assert "The 1 user who could not be moved is tried again" in told["retry"]


@pytest.mark.parametrize("command", ["cancel", "roll_back"])
def test_the_way_back_counts_users_as_the_board_does(command: str) -> None:
    """Kind: two surfaces that count by themselves; a pass that runs is counted by the board, and once."""
    state = state_at("held")
    state.moved, state.returned = 58, 8
    told = {each.command: each.what for each in operator_commands(state, moved=412, plan="E1")}

    assert "412 users who moved return to E1 with their original services" in told[command]


@pytest.mark.parametrize("stage", ["ready", "moving"])
def test_the_way_back_of_licenses_only_names_no_order(stage: str) -> None:
    """Nothing was ordered, so nothing is voided; users return, locks are released (rules#licenses-only)."""
    source = opened()
    advance(source, events.SwitchRequested, order={"licenses_only": True})
    state = source.switch(SWITCH_ID)
    state.stage = Stage(stage)
    state.moved = 5 if stage == "moving" else 0
    told = {each.command: each.what for each in operator_commands(state, plan="E1")}

    for command in ("cancel", "roll_back"):
        assert "order is voided" not in told[command]
        assert "ocks are released." in told[command]
    assert told["roll_back"].endswith(
        "The switch ends as " + ("cancelled." if stage == "ready" else "rolled back.")
    )


@pytest.mark.parametrize(
    ("stage", "own", "other", "ending"),
    [("ready", "cancel", "roll_back", "cancelled"), ("moving", "roll_back", "cancel", "rolled back")],
)
def test_cancel_and_roll_back_say_which_is_which(stage: str, own: str, other: str, ending: str) -> None:
    """Before the first license moves the way back is a cancel, then a roll-back; the other says so."""
    told = {each.command: each.what for each in operator_commands(state_at(stage))}

    assert told[own] != told[other]
    assert told[other].startswith(f"The same as a {own.replace('_', '-')}, because ")
    assert told[other].endswith(told[own])
    assert told[own].endswith(f"The switch ends as {ending}.")


def user_with(*plan_ids: str) -> DirectoryUser:
    """Return a user with licenses."""
    return DirectoryUser(
        directory_id="user-1",
        licenses=tuple(HeldLicense(plan_id=plan_id) for plan_id in plan_ids),
    )


@pytest.mark.parametrize(
    ("user", "kept", "loses"),
    [
        (user_with(E1), "", True),
        (user_with(E1, E3), E3, False),
        (user_with(E1, "no-such-plan"), "", True),
        (user_with(), "", False),
        (user_with("no-such-plan"), "", False),
    ],
)
def test_who_is_skipped_loses_what_no_other_license_keeps(
    user: DirectoryUser, kept: str, *, loses: bool
) -> None:
    """Another license counts only where it keeps every data service of the old plan."""
    assert (kept_plan(CATALOG, E1, user), loses_license(CATALOG, E1, user)) == (kept, loses)


def test_a_lesser_plan_does_not_keep_what_the_old_one_had() -> None:
    """A license of fewer data services is no license in its place (rules#operator-controls)."""
    assert loses_license(CATALOG, E3, user_with(E3, E1))
    assert not loses_license(CATALOG, E3, None)


def test_a_skipped_user_is_known_by_key() -> None:
    """Later passes leave the user alone (rules#operator-controls)."""
    source = source_at("held")
    advance(source, moves.UserSkipped)

    assert source.switch(SWITCH_ID).skipped_users == {"2f9d6f0e-1f5e-5b57-8a3c-0c8b7de4a111"}
