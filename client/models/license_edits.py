from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.told_edit import ToldEdit


T = TypeVar("T", bound="LicenseEdits")


@_attrs_define
class LicenseEdits:
    """One page of the licenses that were given or taken by hand.

    Attributes:
        organization_id (str):
        edits (list[ToldEdit]):
        next_ (None | str):
        total (int):
        next_cursor (None | str | Unset): The same as a cursor, which belongs to the filters of this page.
    """

    organization_id: str
    edits: list[ToldEdit]
    next_: None | str
    total: int
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        edits = []
        for edits_item_data in self.edits:
            edits_item = edits_item_data.to_dict()
            edits.append(edits_item)

        next_: None | str
        next_ = self.next_

        total = self.total

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "edits": edits,
                "next": next_,
                "total": total,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_edit import ToldEdit  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        edits = []
        _edits = d.pop("edits")
        for edits_item_data in _edits:
            edits_item = ToldEdit.from_dict(edits_item_data)

            edits.append(edits_item)

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        total = d.pop("total")

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        license_edits = cls(
            organization_id=organization_id,
            edits=edits,
            next_=next_,
            total=total,
            next_cursor=next_cursor,
        )

        license_edits.additional_properties = d
        return license_edits

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
