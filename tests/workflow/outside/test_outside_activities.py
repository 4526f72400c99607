"""Kind of fault: work that no workflow asked for, and input that is none. Each activity refuses it, once."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.base.promise_contract import RAISE_ALARM, RECORD_MISSED
from activities.contract import MOVE_SLICE, ActivitySpec, MoveSliceInput, SwitchOrder
from activities.credit.credit_contract import RECORD_CREDIT_WAIT
from activities.operator.control_contract import SKIP_USER, SkipUserInput
from activities.outside.door import require_input
from domain.kernel.errors import PlanSwitchError
from ops.base.payloads import Unread
from tests.support.outside.activities import activities
from tests.support.outside.messages import NO_MESSAGES
from tests.support.worlds.temporal_command import inputs, temporal
from tests.support.worlds.world import World


async def test_an_activity_that_is_started_by_hand_does_nothing(world: World) -> None:
    """`temporal activity execute` of every activity is refused with a code, and nothing is recorded."""
    order = world.order(world.organization())
    whole = inputs({"order": json.loads(json.dumps(asdict(order))), "after": []})

    for name, queue in activities(world):
        for number, arguments in enumerate([whole, [], NO_MESSAGES[-1]]):
            named = ("--activity-id", f"{name}-{number}", "--type", name, "-t", queue)
            told = await temporal(
                world, "activity", "execute", *named, "--start-to-close-timeout", "5m", *arguments
            )
            assert told.code != 0, (name, told.text)
            assert "no workflow asked for" in told.text, (name, told.text)

    assert world.store.organization(order.organization_id) is None
    assert world.source_events(order) == []


def slice_input(order: SwitchOrder, **changes: Any) -> MoveSliceInput:
    """Return the input of a slice."""
    facts = {"pass_name": "move", "start": 0, "stop": 5, **changes}
    return MoveSliceInput(order=order, after=(), **facts)


def test_the_door_lets_an_input_pass_that_a_workflow_gives(world: World) -> None:
    """What is possible passes; this is what the refusals below are measured by."""
    order = world.order(world.organization())

    require_input([slice_input(order)], MOVE_SLICE.input_type)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": -1}, "start"),
        ({"stop": "5"}, "stop"),
        ({"pass_name": None}, "pass_name"),
        ({"after": "all"}, "after"),
        ({"order": {}}, "order.quantity"),
        ({"order.quantity": 0}, "order.quantity"),
        ({"order.mode": "sideways"}, "order.mode"),
        ({"order.switch_id": "no id"}, "order.switch_id"),
    ],
)
def test_the_door_names_the_field_that_can_not_be(world: World, changes: dict[str, Any], field: str) -> None:
    """Each field of each input has its bounds, also those of the order inside."""
    order = world.order(world.organization())
    inside = {name.removeprefix("order."): each for name, each in changes.items() if "." in name}
    own = {name: each for name, each in changes.items() if "." not in name}
    impossible = replace(slice_input(replace(order, **inside)), **own)

    with pytest.raises(PlanSwitchError, match=field) as refused:
        require_input([impossible], MOVE_SLICE.input_type)

    assert not refused.value.handling.is_retryable


def test_the_door_refuses_a_user_who_is_none(world: World) -> None:
    """A key that is no UUID was an error without end, which blocked every command after it."""
    command: dict[str, Any] = {
        "is_loss_accepted": False,
        "request_id": "s-1",
        "actor": "olga",
        "reason": "why",
    }
    step_input = SkipUserInput(order=world.order(world.organization()), user_key="no key", **command)

    with pytest.raises(PlanSwitchError, match="user_key is 'no key'"):
        require_input([step_input], SKIP_USER.input_type)


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (RECORD_MISSED, {"promise": "evil words", "promised_at": datetime(2026, 11, 29, tzinfo=UTC)}),
        (RECORD_CREDIT_WAIT, {"mark": "evil words", "evidence": ""}),
        (RAISE_ALARM, {"alarm": "evil words", "number": 2}),
        (MOVE_SLICE, {"pass_name": "evil words", "start": 0, "stop": 5}),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_the_door_refuses_words_that_are_none_of_ours(
    world: World, spec: ActivitySpec[Any, Any], fields: dict[str, Any]
) -> None:
    """Promises, marks, alarms and passes have names, and the record takes no other."""
    step_input = spec.input_type(order=world.order(world.organization()), after=(), **fields)

    with pytest.raises(PlanSwitchError, match="is 'evil words'; allowed: ") as refused:
        require_input([step_input], spec.input_type)

    assert refused.value.code == "INVALID_INPUT"


@pytest.mark.parametrize("arguments", [[], [1], ["a", "b"], [{}]])
def test_the_door_refuses_another_number_and_another_kind(arguments: list[Any]) -> None:
    """An activity takes one message of its kind."""
    with pytest.raises(PlanSwitchError) as refused:
        require_input(arguments, MOVE_SLICE.input_type)

    assert refused.value.code == "UNREADABLE_MESSAGE"


def test_the_door_tells_why_an_input_can_not_be_read() -> None:
    """What the converter could not read is refused with its code, and never tried again."""
    why = ApplicationError("no JSON", type="UNREADABLE_MESSAGE", non_retryable=True)

    with pytest.raises(ApplicationError) as refused:
        require_input([Unread(why=why)], MOVE_SLICE.input_type)

    assert refused.value is why
