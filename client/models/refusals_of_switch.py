from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.told_refusal import ToldRefusal


T = TypeVar("T", bound="RefusalsOfSwitch")


@_attrs_define
class RefusalsOfSwitch:
    """One page of the different refusals of providers in a switch, the one that came first stands first.

    Attributes:
        switch_id (str):
        refusals (list[ToldRefusal]):
        next_ (None | str): What the next page begins after; null: this is the last one.
        total (int): Different refusals on all pages.
        next_cursor (None | str | Unset): The same as a cursor, which belongs to the filters of this page.
    """

    switch_id: str
    refusals: list[ToldRefusal]
    next_: None | str
    total: int
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        refusals = []
        for refusals_item_data in self.refusals:
            refusals_item = refusals_item_data.to_dict()
            refusals.append(refusals_item)

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
                "switch_id": switch_id,
                "refusals": refusals,
                "next": next_,
                "total": total,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_refusal import ToldRefusal  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        refusals = []
        _refusals = d.pop("refusals")
        for refusals_item_data in _refusals:
            refusals_item = ToldRefusal.from_dict(refusals_item_data)

            refusals.append(refusals_item)

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

        refusals_of_switch = cls(
            switch_id=switch_id,
            refusals=refusals,
            next_=next_,
            total=total,
            next_cursor=next_cursor,
        )

        refusals_of_switch.additional_properties = d
        return refusals_of_switch

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
