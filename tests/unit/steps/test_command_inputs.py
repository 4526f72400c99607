"""A command reaches the step that checks its signature whole: what it lacks there makes another digest."""

from __future__ import annotations

from dataclasses import fields

import pytest

from activities.base.wait_contract import RescheduleInput
from activities.contract import StepInput
from activities.manual.manual_contract import BeginStepInput
from activities.operator.control_contract import AmendQuantityInput, RetryUsersInput, SkipUserInput
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
