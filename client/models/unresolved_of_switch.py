from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.unresolved_user import UnresolvedUser


T = TypeVar("T", bound="UnresolvedOfSwitch")


@_attrs_define
class UnresolvedOfSwitch:
    """The users whom a switch waits for.

    Attributes:
        switch_id (str):
        users (list[UnresolvedUser]):
    """

    switch_id: str
    users: list[UnresolvedUser]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        users = []
        for users_item_data in self.users:
            users_item = users_item_data.to_dict()
            users.append(users_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.unresolved_user import UnresolvedUser  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        users = []
        _users = d.pop("users")
        for users_item_data in _users:
            users_item = UnresolvedUser.from_dict(users_item_data)

            users.append(users_item)

        unresolved_of_switch = cls(
            switch_id=switch_id,
            users=users,
        )

        unresolved_of_switch.additional_properties = d
        return unresolved_of_switch

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
