from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SettingsOfSwitch")


@_attrs_define
class SettingsOfSwitch:
    """What became of the services that users of a switch had switched off.

    Attributes:
        users (int): Users whose license moved.
        kept (int): Switched off before, and still.
        no_counterpart (int): The new plan does not have the service.
        newly_granted (int): Services that are switched on now and were not before.
        dependents (int): Switched off with others, as nothing that they need is on.
        switch_id (str):
    """

    users: int
    kept: int
    no_counterpart: int
    newly_granted: int
    dependents: int
    switch_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        users = self.users

        kept = self.kept

        no_counterpart = self.no_counterpart

        newly_granted = self.newly_granted

        dependents = self.dependents

        switch_id = self.switch_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
                "kept": kept,
                "no_counterpart": no_counterpart,
                "newly_granted": newly_granted,
                "dependents": dependents,
                "switch_id": switch_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        users = d.pop("users")

        kept = d.pop("kept")

        no_counterpart = d.pop("no_counterpart")

        newly_granted = d.pop("newly_granted")

        dependents = d.pop("dependents")

        switch_id = d.pop("switch_id")

        settings_of_switch = cls(
            users=users,
            kept=kept,
            no_counterpart=no_counterpart,
            newly_granted=newly_granted,
            dependents=dependents,
            switch_id=switch_id,
        )

        settings_of_switch.additional_properties = d
        return settings_of_switch

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
