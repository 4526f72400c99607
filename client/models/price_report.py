from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.price_change import PriceChange


T = TypeVar("T", bound="PriceReport")


@_attrs_define
class PriceReport:
    """What a list says against the version before.

    Attributes:
        rows (int):
        products (int): Products with a price in the list.
        currencies (list[str]):
        added (list[PriceChange]):
        changed (list[PriceChange]):
        withdrawn (list[PriceChange]): Prices that rows without an amount take back.
        not_listed (list[PriceChange]): Prices of earlier lists that this one does not name; they stay.
        same (int): Prices that are as they were.
    """

    rows: int
    products: int
    currencies: list[str]
    added: list[PriceChange]
    changed: list[PriceChange]
    withdrawn: list[PriceChange]
    not_listed: list[PriceChange]
    same: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rows = self.rows

        products = self.products

        currencies = self.currencies

        added = []
        for added_item_data in self.added:
            added_item = added_item_data.to_dict()
            added.append(added_item)

        changed = []
        for changed_item_data in self.changed:
            changed_item = changed_item_data.to_dict()
            changed.append(changed_item)

        withdrawn = []
        for withdrawn_item_data in self.withdrawn:
            withdrawn_item = withdrawn_item_data.to_dict()
            withdrawn.append(withdrawn_item)

        not_listed = []
        for not_listed_item_data in self.not_listed:
            not_listed_item = not_listed_item_data.to_dict()
            not_listed.append(not_listed_item)

        same = self.same

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rows": rows,
                "products": products,
                "currencies": currencies,
                "added": added,
                "changed": changed,
                "withdrawn": withdrawn,
                "not_listed": not_listed,
                "same": same,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_change import PriceChange  # noqa: PLC0415

        d = dict(src_dict)
        rows = d.pop("rows")

        products = d.pop("products")

        currencies = cast(list[str], d.pop("currencies"))

        added = []
        _added = d.pop("added")
        for added_item_data in _added:
            added_item = PriceChange.from_dict(added_item_data)

            added.append(added_item)

        changed = []
        _changed = d.pop("changed")
        for changed_item_data in _changed:
            changed_item = PriceChange.from_dict(changed_item_data)

            changed.append(changed_item)

        withdrawn = []
        _withdrawn = d.pop("withdrawn")
        for withdrawn_item_data in _withdrawn:
            withdrawn_item = PriceChange.from_dict(withdrawn_item_data)

            withdrawn.append(withdrawn_item)

        not_listed = []
        _not_listed = d.pop("not_listed")
        for not_listed_item_data in _not_listed:
            not_listed_item = PriceChange.from_dict(not_listed_item_data)

            not_listed.append(not_listed_item)

        same = d.pop("same")

        price_report = cls(
            rows=rows,
            products=products,
            currencies=currencies,
            added=added,
            changed=changed,
            withdrawn=withdrawn,
            not_listed=not_listed,
            same=same,
        )

        price_report.additional_properties = d
        return price_report

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
