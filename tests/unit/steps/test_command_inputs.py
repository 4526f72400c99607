"""A command reaches the step that checks its signature whole: what it lacks there makes another digest."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from activities.base.wait_contract import RescheduleInput
from activities.contract import StepInput
from activities.manual.manual_contract import BeginStepInput
from activities.operator.control_contract import AmendQuantityInput, RetryUsersInput, SkipUserInput
from activities.signing.signatures import arguments_of
from workflows.base.messages import (
    AmendQuantity,
    ChangeStart,
    OperatorCommand,
    RetryUsers,
    SkipUser,
    TakeStep,
)

INPUTS: dict[type[OperatorCommand], type[StepInput]] = {
    AmendQuantity: AmendQuantityInput,
    ChangeStart: RescheduleInput,
    RetryUsers: RetryUsersInput,
    SkipUser: SkipUserInput,
    TakeStep: BeginStepInput,
}


@pytest.mark.parametrize("command", INPUTS)
def test_the_input_of_a_step_has_every_field_of_its_command(command: type[OperatorCommand]) -> None:
    """A field that is added to a command is carried to its step, or building the input fails."""
    assert {each.name for each in fields(command)} <= {each.name for each in fields(INPUTS[command])}


def test_every_command_with_fields_of_its_own_is_listed() -> None:
    """A new command of an operator stands in the table above."""
    assert set(INPUTS) == set(OperatorCommand.__subclasses__())


def test_a_field_that_came_later_is_signed_only_where_it_says_something() -> None:
    """What a console of before has signed is taken by a worker of today (ADR 19)."""
    command = TakeStep(request_id="r", actor="olga", reason="agreed", step="reassign", selection="s", users=2)

    assert arguments_of(command) == {"step": "reassign", "selection": "s", "users": 2}
    assert arguments_of(replace(command, user_services="c"))["user_services"] == "c"
