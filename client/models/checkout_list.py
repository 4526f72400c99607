from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.checkout_line import CheckoutLine


T = TypeVar("T", bound="CheckoutList")


@_attrs_define
class CheckoutList:
    """One page of drafts, the newest first.

    Attributes:
        checkouts (list[CheckoutLine]):
        next_ (None | str): What the next page begins after; null: this is the last one.
        total (int): Drafts that match, on all pages.
        all_ (int): Every draft, whatever the filters.
        next_cursor (None | str | Unset): The same as a cursor, which belongs to the filters of this page.
    """

    checkouts: list[CheckoutLine]
    next_: None | str
    total: int
    all_: int
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        checkouts = []
        for checkouts_item_data in self.checkouts:
            checkouts_item = checkouts_item_data.to_dict()
            checkouts.append(checkouts_item)

        next_: None | str
        next_ = self.next_

        total = self.total

        all_ = self.all_

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "checkouts": checkouts,
                "next": next_,
                "total": total,
                "all": all_,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.checkout_line import CheckoutLine  # noqa: PLC0415

        d = dict(src_dict)
        checkouts = []
        _checkouts = d.pop("checkouts")
        for checkouts_item_data in _checkouts:
            checkouts_item = CheckoutLine.from_dict(checkouts_item_data)

            checkouts.append(checkouts_item)

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        total = d.pop("total")

        all_ = d.pop("all")

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        checkout_list = cls(
            checkouts=checkouts,
            next_=next_,
            total=total,
            all_=all_,
            next_cursor=next_cursor,
        )

        checkout_list.additional_properties = d
        return checkout_list

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
