from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PlannedPilot")


@_attrs_define
class PlannedPilot:
    """The pilot of a switch as it is told before the order; the roster decides when it is frozen.

    Attributes:
        users (int): Users who move first.
        group_id (str | Unset): The group whose members they are; "": the first users of the roster. Default: ''.
        members (int | Unset): Members of the group, whatever they hold. Default: 0.
        fed (int | Unset): Members whose license of the old plan is a licensing group's alone: they move with that
            group, later. Default: 0.
    """

    users: int
    group_id: str | Unset = ""
    members: int | Unset = 0
    fed: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        users = self.users

        group_id = self.group_id

        members = self.members

        fed = self.fed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
            }
        )
        if group_id is not UNSET:
            field_dict["group_id"] = group_id
        if members is not UNSET:
            field_dict["members"] = members
        if fed is not UNSET:
            field_dict["fed"] = fed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        users = d.pop("users")

        group_id = d.pop("group_id", UNSET)

        members = d.pop("members", UNSET)

        fed = d.pop("fed", UNSET)

        planned_pilot = cls(
            users=users,
            group_id=group_id,
            members=members,
            fed=fed,
        )

        planned_pilot.additional_properties = d
        return planned_pilot

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
