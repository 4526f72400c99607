from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.holding import Holding, check_holding

T = TypeVar("T", bound="UserMove")


@_attrs_define
class UserMove:
    """Users who held one thing at a moment and another one later.

    Attributes:
        before (Holding | None): null: the record did not know them yet.
        after (Holding): What a user holds of the two plans of a switch.
        users (int):
    """

    before: Holding | None
    after: Holding
    users: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        before: None | str
        if isinstance(self.before, str):
            before = self.before
        else:
            before = self.before

        after: str = self.after

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "before": before,
                "after": after,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_before(data: object) -> Holding | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                before_type_0 = check_holding(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Holding | None, data)

        before = _parse_before(d.pop("before"))

        after = check_holding(d.pop("after"))

        users = d.pop("users")

        user_move = cls(
            before=before,
            after=after,
            users=users,
        )

        user_move.additional_properties = d
        return user_move

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
