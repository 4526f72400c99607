from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.answer_of_attempts import AnswerOfAttempts
    from ..models.broken_promise import BrokenPromise
    from ..models.command_advice import CommandAdvice
    from ..models.cost import Cost
    from ..models.first_cause import FirstCause
    from ..models.obstacle_story import ObstacleStory
    from ..models.trial import Trial
    from ..models.users_concerned import UsersConcerned


T = TypeVar("T", bound="Explanation")


@_attrs_define
class Explanation:
    """Why a switch failed, holds, waits or was slow, by what is recorded of it.

    Attributes:
        switch_id (str):
        organization_id (str):
        outcome (str): Outcome as the verdict of the audit names it; `refused` of a request that was refused.
        has_ended (bool):
        at (datetime.datetime):
        first_cause (FirstCause): Why a switch is where it is, and on what that rests.
        obstacles (list[ObstacleStory]): Every obstacle in the order of time, that of the first cause among them.
        answers (list[AnswerOfAttempts]): What attempts heard from providers that was no success.
        answers_left_out (int): Different answers that are left out, which came after those.
        trials (list[Trial]):
        cost (Cost): Time and money of a switch; None is what did not happen.
        users (list[UsersConcerned]):
        promises (list[BrokenPromise]):
        options (list[CommandAdvice]): Commands that the switch accepts now, each with what it would do.
    """

    switch_id: str
    organization_id: str
    outcome: str
    has_ended: bool
    at: datetime.datetime
    first_cause: FirstCause
    obstacles: list[ObstacleStory]
    answers: list[AnswerOfAttempts]
    answers_left_out: int
    trials: list[Trial]
    cost: Cost
    users: list[UsersConcerned]
    promises: list[BrokenPromise]
    options: list[CommandAdvice]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        outcome = self.outcome

        has_ended = self.has_ended

        at = self.at.isoformat()

        first_cause = self.first_cause.to_dict()

        obstacles = []
        for obstacles_item_data in self.obstacles:
            obstacles_item = obstacles_item_data.to_dict()
            obstacles.append(obstacles_item)

        answers = []
        for answers_item_data in self.answers:
            answers_item = answers_item_data.to_dict()
            answers.append(answers_item)

        answers_left_out = self.answers_left_out

        trials = []
        for trials_item_data in self.trials:
            trials_item = trials_item_data.to_dict()
            trials.append(trials_item)

        cost = self.cost.to_dict()

        users = []
        for users_item_data in self.users:
            users_item = users_item_data.to_dict()
            users.append(users_item)

        promises = []
        for promises_item_data in self.promises:
            promises_item = promises_item_data.to_dict()
            promises.append(promises_item)

        options = []
        for options_item_data in self.options:
            options_item = options_item_data.to_dict()
            options.append(options_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "outcome": outcome,
                "has_ended": has_ended,
                "at": at,
                "first_cause": first_cause,
                "obstacles": obstacles,
                "answers": answers,
                "answers_left_out": answers_left_out,
                "trials": trials,
                "cost": cost,
                "users": users,
                "promises": promises,
                "options": options,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answer_of_attempts import AnswerOfAttempts  # noqa: PLC0415
        from ..models.broken_promise import BrokenPromise  # noqa: PLC0415
        from ..models.command_advice import CommandAdvice  # noqa: PLC0415
        from ..models.cost import Cost  # noqa: PLC0415
        from ..models.first_cause import FirstCause  # noqa: PLC0415
        from ..models.obstacle_story import ObstacleStory  # noqa: PLC0415
        from ..models.trial import Trial  # noqa: PLC0415
        from ..models.users_concerned import UsersConcerned  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        outcome = d.pop("outcome")

        has_ended = d.pop("has_ended")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        first_cause = FirstCause.from_dict(d.pop("first_cause"))

        obstacles = []
        _obstacles = d.pop("obstacles")
        for obstacles_item_data in _obstacles:
            obstacles_item = ObstacleStory.from_dict(obstacles_item_data)

            obstacles.append(obstacles_item)

        answers = []
        _answers = d.pop("answers")
        for answers_item_data in _answers:
            answers_item = AnswerOfAttempts.from_dict(answers_item_data)

            answers.append(answers_item)

        answers_left_out = d.pop("answers_left_out")

        trials = []
        _trials = d.pop("trials")
        for trials_item_data in _trials:
            trials_item = Trial.from_dict(trials_item_data)

            trials.append(trials_item)

        cost = Cost.from_dict(d.pop("cost"))

        users = []
        _users = d.pop("users")
        for users_item_data in _users:
            users_item = UsersConcerned.from_dict(users_item_data)

            users.append(users_item)

        promises = []
        _promises = d.pop("promises")
        for promises_item_data in _promises:
            promises_item = BrokenPromise.from_dict(promises_item_data)

            promises.append(promises_item)

        options = []
        _options = d.pop("options")
        for options_item_data in _options:
            options_item = CommandAdvice.from_dict(options_item_data)

            options.append(options_item)

        explanation = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            outcome=outcome,
            has_ended=has_ended,
            at=at,
            first_cause=first_cause,
            obstacles=obstacles,
            answers=answers,
            answers_left_out=answers_left_out,
            trials=trials,
            cost=cost,
            users=users,
            promises=promises,
            options=options,
        )

        explanation.additional_properties = d
        return explanation

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
