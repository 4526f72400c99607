from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StepAdvice")


@_attrs_define
class StepAdvice:
    """One step as an operator sees it.

    Attributes:
        step (str):
        state (str):
        precondition (str): What must be true before it.
        what (str): What it does.
        command (str): The command that starts it; "" where it can't be started now.
    """

    step: str
    state: str
    precondition: str
    what: str
    command: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step

        state = self.state

        precondition = self.precondition

        what = self.what

        command = self.command

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "state": state,
                "precondition": precondition,
                "what": what,
                "command": command,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        state = d.pop("state")

        precondition = d.pop("precondition")

        what = d.pop("what")

        command = d.pop("command")

        step_advice = cls(
            step=step,
            state=state,
            precondition=precondition,
            what=what,
            command=command,
        )

        step_advice.additional_properties = d
        return step_advice

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
