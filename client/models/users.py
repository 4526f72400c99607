from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Users")


@_attrs_define
class Users:
    """How many users a switch touched.

    Attributes:
        total (int | None | Unset): On the frozen roster, and those who joined the old plan later; null when nothing was
            frozen.
        joined_late (int | Unset):  Default: 0.
        moved (int | Unset):  Default: 0.
        failed (int | Unset):  Default: 0.
        skipped (int | Unset):  Default: 0.
        returned (int | Unset): Users who went back to the old plan. Default: 0.
        is_rolled_back (bool | Unset): Whether everyone moved was to return. Default: False.
    """

    total: int | None | Unset = UNSET
    joined_late: int | Unset = 0
    moved: int | Unset = 0
    failed: int | Unset = 0
    skipped: int | Unset = 0
    returned: int | Unset = 0
    is_rolled_back: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total: int | None | Unset
        if isinstance(self.total, Unset):
            total = UNSET
        else:
            total = self.total

        joined_late = self.joined_late

        moved = self.moved

        failed = self.failed

        skipped = self.skipped

        returned = self.returned

        is_rolled_back = self.is_rolled_back

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if total is not UNSET:
            field_dict["total"] = total
        if joined_late is not UNSET:
            field_dict["joined_late"] = joined_late
        if moved is not UNSET:
            field_dict["moved"] = moved
        if failed is not UNSET:
            field_dict["failed"] = failed
        if skipped is not UNSET:
            field_dict["skipped"] = skipped
        if returned is not UNSET:
            field_dict["returned"] = returned
        if is_rolled_back is not UNSET:
            field_dict["is_rolled_back"] = is_rolled_back

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_total(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        total = _parse_total(d.pop("total", UNSET))

        joined_late = d.pop("joined_late", UNSET)

        moved = d.pop("moved", UNSET)

        failed = d.pop("failed", UNSET)

        skipped = d.pop("skipped", UNSET)

        returned = d.pop("returned", UNSET)

        is_rolled_back = d.pop("is_rolled_back", UNSET)

        users = cls(
            total=total,
            joined_late=joined_late,
            moved=moved,
            failed=failed,
            skipped=skipped,
            returned=returned,
            is_rolled_back=is_rolled_back,
        )

        users.additional_properties = d
        return users

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
