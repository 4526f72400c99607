from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.row_action import RowAction, check_row_action
from ..types import UNSET, Unset

T = TypeVar("T", bound="AcceptedRow")


@_attrs_define
class AcceptedRow:
    """A row that can be carried out.

    Attributes:
        line (int):
        user (str):
        directory_id (str):
        action (RowAction): What is to become of a user.
        services_off (list[str] | None): Ids of the services that are off under the new plan; null: what the user has
            off now goes over.
        is_by_group (bool | Unset): A group gives the user the old plan, and nothing else. Default: False.
    """

    line: int
    user: str
    directory_id: str
    action: RowAction
    services_off: list[str] | None
    is_by_group: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        user = self.user

        directory_id = self.directory_id

        action: str = self.action

        services_off: list[str] | None
        if isinstance(self.services_off, list):
            services_off = self.services_off

        else:
            services_off = self.services_off

        is_by_group = self.is_by_group

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "user": user,
                "directory_id": directory_id,
                "action": action,
                "services_off": services_off,
            }
        )
        if is_by_group is not UNSET:
            field_dict["is_by_group"] = is_by_group

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        line = d.pop("line")

        user = d.pop("user")

        directory_id = d.pop("directory_id")

        action = check_row_action(d.pop("action"))

        def _parse_services_off(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                services_off_type_0 = cast(list[str], data)

                return services_off_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        services_off = _parse_services_off(d.pop("services_off"))

        is_by_group = d.pop("is_by_group", UNSET)

        accepted_row = cls(
            line=line,
            user=user,
            directory_id=directory_id,
            action=action,
            services_off=services_off,
            is_by_group=is_by_group,
        )

        accepted_row.additional_properties = d
        return accepted_row

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
