from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.holding import Holding, check_holding

T = TypeVar("T", bound="UserAt")


@_attrs_define
class UserAt:
    """One user at a moment, and at an earlier one where two are compared.

    Attributes:
        user_key (str):
        directory_id (str): The directory's id; "" of a person who was erased.
        holds (Holding): What a user holds of the two plans of a switch.
        held_before (Holding | None): null: the record did not know the user, or nothing is compared.
        pass_name (str): Pass whose row tells it; "": the roster, or a pass that could not move the user.
    """

    user_key: str
    directory_id: str
    holds: Holding
    held_before: Holding | None
    pass_name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_key = self.user_key

        directory_id = self.directory_id

        holds: str = self.holds

        held_before: None | str
        if isinstance(self.held_before, str):
            held_before = self.held_before
        else:
            held_before = self.held_before

        pass_name = self.pass_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_key": user_key,
                "directory_id": directory_id,
                "holds": holds,
                "held_before": held_before,
                "pass_name": pass_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user_key = d.pop("user_key")

        directory_id = d.pop("directory_id")

        holds = check_holding(d.pop("holds"))

        def _parse_held_before(data: object) -> Holding | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                held_before_type_0 = check_holding(data)

                return held_before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Holding | None, data)

        held_before = _parse_held_before(d.pop("held_before"))

        pass_name = d.pop("pass_name")

        user_at = cls(
            user_key=user_key,
            directory_id=directory_id,
            holds=holds,
            held_before=held_before,
            pass_name=pass_name,
        )

        user_at.additional_properties = d
        return user_at

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
