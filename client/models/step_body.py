from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="StepBody")


@_attrs_define
class StepBody:
    """Which users a step is for; only reassign takes any, and none is everyone who is left.

    Attributes:
        reason (str):
        users_listed (list[str] | Unset): Object ids or principal names.
        users_of_group (None | str | Unset): Id of a group of the directory.
        users_of_department (None | str | Unset): Name of a department, as the directory has it.
        users_with_plan (None | str | Unset): Plan that they hold beside the old one: id, part number, name or alias.
        request_id (str | Unset):
        selection (None | str | Unset): Id of a selection that the check of a file of users has told, in place of naming
            them.
        user_services (None | str | Unset): Id of a choice of services, user by user, that the same check has told.
    """

    reason: str
    users_listed: list[str] | Unset = UNSET
    users_of_group: None | str | Unset = UNSET
    users_of_department: None | str | Unset = UNSET
    users_with_plan: None | str | Unset = UNSET
    request_id: str | Unset = UNSET
    selection: None | str | Unset = UNSET
    user_services: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        users_listed: list[str] | Unset = UNSET
        if not isinstance(self.users_listed, Unset):
            users_listed = self.users_listed

        users_of_group: None | str | Unset
        if isinstance(self.users_of_group, Unset):
            users_of_group = UNSET
        else:
            users_of_group = self.users_of_group

        users_of_department: None | str | Unset
        if isinstance(self.users_of_department, Unset):
            users_of_department = UNSET
        else:
            users_of_department = self.users_of_department

        users_with_plan: None | str | Unset
        if isinstance(self.users_with_plan, Unset):
            users_with_plan = UNSET
        else:
            users_with_plan = self.users_with_plan

        request_id = self.request_id

        selection: None | str | Unset
        if isinstance(self.selection, Unset):
            selection = UNSET
        else:
            selection = self.selection

        user_services: None | str | Unset
        if isinstance(self.user_services, Unset):
            user_services = UNSET
        else:
            user_services = self.user_services

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if users_listed is not UNSET:
            field_dict["users_listed"] = users_listed
        if users_of_group is not UNSET:
            field_dict["users_of_group"] = users_of_group
        if users_of_department is not UNSET:
            field_dict["users_of_department"] = users_of_department
        if users_with_plan is not UNSET:
            field_dict["users_with_plan"] = users_with_plan
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if selection is not UNSET:
            field_dict["selection"] = selection
        if user_services is not UNSET:
            field_dict["user_services"] = user_services

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        users_listed = cast(list[str], d.pop("users_listed", UNSET))

        def _parse_users_of_group(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_of_group = _parse_users_of_group(d.pop("users_of_group", UNSET))

        def _parse_users_of_department(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_of_department = _parse_users_of_department(d.pop("users_of_department", UNSET))

        def _parse_users_with_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_with_plan = _parse_users_with_plan(d.pop("users_with_plan", UNSET))

        request_id = d.pop("request_id", UNSET)

        def _parse_selection(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        selection = _parse_selection(d.pop("selection", UNSET))

        def _parse_user_services(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_services = _parse_user_services(d.pop("user_services", UNSET))

        step_body = cls(
            reason=reason,
            users_listed=users_listed,
            users_of_group=users_of_group,
            users_of_department=users_of_department,
            users_with_plan=users_with_plan,
            request_id=request_id,
            selection=selection,
            user_services=user_services,
        )

        return step_body
