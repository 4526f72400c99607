"""A replay says whether today's program decides as a history has it, and what is different (ADR 38)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from temporalio.api.history.v1 import History

from audit.replay.decisions import Deviation, DeviationKind
from audit.replay.replays import ReplayResult, result_of
from ops.base.payloads import data_converter
from services.histories.replayer import HistoryReplayer, Replayed
from tests.support.switches import changed_moves
from tests.support.worlds.replaying import HISTORIES, PROJECT, history_of, read
from workflows.workflow_types import WORKFLOWS

MOVE = "completed-licenses-1"
#: Histories of an earlier program, which handed on other values -> the fields that differ.
OTHER_VALUES = {
    "command-refused": {"run_began_at"},
    "signed-commands": {"run_began_at"},
    "completed-invoice": {"looks_at"},
    "pilot-emptied": {"actor"},
    "pilot-then-all": {"actor", "message", "reason"},
    "waited": {"message", "source_plan_id"},
}


async def replayed(name: str, *workflows: type) -> Replayed:
    """Replay a recorded history."""
    history = history_of(read(PROJECT / "tests" / "histories" / f"{name}.json"))
    replayer = HistoryReplayer(workflows or WORKFLOWS, data_converter)
    return await replayer.replay(history.workflow_id, History(events=history.events))


async def only_deviation(workflow: type) -> Deviation:
    """Replay the license move with a changed workflow, and return what differs."""
    (deviation,) = (await replayed(MOVE, workflow)).deviations
    return deviation


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_every_recorded_history_replays(path: Path) -> None:
    """Steps, order and ends are those of the history; where values differ, each field is named."""
    answer = await replayed(path.stem)

    fields = {each.field for deviation in answer.deviations for each in deviation.fields}
    assert answer.decisions
    assert {each.kind for each in answer.deviations} <= {DeviationKind.VALUES}
    assert fields == OTHER_VALUES.get(path.stem, set())


async def test_another_step_is_named_with_its_event() -> None:
    """The event of the history, the step of then and the step of today stand in the answer."""
    deviation = await only_deviation(changed_moves.OtherStep)

    assert (deviation.kind, deviation.event_id) == (DeviationKind.COMMAND, 5)
    assert deviation.recorded == "step license_reassignment.move_slice (the move of licenses)"
    assert deviation.today == "step license_reassignment.look_away"
    assert "does not match activity type" in deviation.library


async def test_a_step_more_is_found_at_the_end() -> None:
    """The history ends where today's program asks for another step."""
    deviation = await only_deviation(changed_moves.ExtraStep)

    assert (deviation.kind, deviation.event_id) == (DeviationKind.COMMAND, 11)
    assert deviation.recorded == "the end with a result"
    assert deviation.today == "step license_reassignment.move_slice (the move of licenses)"


async def test_a_timer_in_place_of_a_step_is_named() -> None:
    """What our own comparison does not see, Temporal's library does."""
    deviation = await only_deviation(changed_moves.TimerFirst)

    assert (deviation.event_id, deviation.today) == (5, "a timer")
    assert deviation.recorded == "step license_reassignment.move_slice (the move of licenses)"


async def test_a_program_that_waits_in_place_of_a_step_is_named() -> None:
    """The history has a step where today's program asks for nothing."""
    deviation = await only_deviation(changed_moves.Waiting)

    assert (deviation.kind, deviation.event_id) == (DeviationKind.COMMAND, 5)
    assert deviation.today == "nothing there: it waits"


async def test_other_values_of_the_same_step_are_named() -> None:
    """Temporal's library compares names alone; a step for other users is found by its values."""
    answer = await replayed(MOVE, changed_moves.OtherUsers)

    (deviation,) = answer.deviations
    (field,) = deviation.fields
    assert result_of(answer.deviations) == ReplayResult.OTHER_VALUES
    assert (field.field, field.recorded, field.today) == ("stop", 25, 24)
    assert deviation.library == ""


async def test_another_result_is_named() -> None:
    """Temporal's library compares no results."""
    deviation = await only_deviation(changed_moves.OtherResult)

    assert [(each.field, each.recorded, each.today) for each in deviation.fields] == [("moved", 25, 26)]
    assert deviation.event_id == 11


async def test_a_fault_of_todays_program_is_told() -> None:
    """A program that fails where the history goes on does not decide as it did."""
    deviation = await only_deviation(changed_moves.Broken)

    assert (deviation.kind, deviation.event_id) == (DeviationKind.FAILURE, 11)
    assert "a fault of the program" in deviation.today


async def test_a_change_that_today_does_not_know_is_named() -> None:
    """A patch that was removed while histories still mark it is named, with the event of its mark."""
    document = read(PROJECT / "tests" / "histories" / "completed.json")
    (mark,) = [each for each in document["events"] if "markerRecordedEventAttributes" in each]
    details = mark["markerRecordedEventAttributes"]["details"]["patch-data"]["payloads"][0]
    details["data"] = base64.b64encode(b'{"id":"gone-by-now","deprecated":false}').decode()
    history = history_of(document)

    answer = await HistoryReplayer(WORKFLOWS, data_converter).replay("switch", History(events=history.events))

    deviation = answer.deviations[-1]
    assert (deviation.event_id, result_of(answer.deviations)) == (int(mark["eventId"]), ReplayResult.DIFFERS)
    assert "gone-by-now" in deviation.recorded
