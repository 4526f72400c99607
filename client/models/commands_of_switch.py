from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.command_advice import CommandAdvice


T = TypeVar("T", bound="CommandsOfSwitch")


@_attrs_define
class CommandsOfSwitch:
    """Every command with what it would do now, or why it is refused.

    Attributes:
        switch_id (str):
        stage (str):
        is_paused (bool):
        commands (list[CommandAdvice]):
    """

    switch_id: str
    stage: str
    is_paused: bool
    commands: list[CommandAdvice]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        stage = self.stage

        is_paused = self.is_paused

        commands = []
        for commands_item_data in self.commands:
            commands_item = commands_item_data.to_dict()
            commands.append(commands_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "stage": stage,
                "is_paused": is_paused,
                "commands": commands,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.command_advice import CommandAdvice  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        stage = d.pop("stage")

        is_paused = d.pop("is_paused")

        commands = []
        _commands = d.pop("commands")
        for commands_item_data in _commands:
            commands_item = CommandAdvice.from_dict(commands_item_data)

            commands.append(commands_item)

        commands_of_switch = cls(
            switch_id=switch_id,
            stage=stage,
            is_paused=is_paused,
            commands=commands,
        )

        commands_of_switch.additional_properties = d
        return commands_of_switch

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
