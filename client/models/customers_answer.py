from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.customer_answer import CustomerAnswer


T = TypeVar("T", bound="CustomersAnswer")


@_attrs_define
class CustomersAnswer:
    """The organizations of a cloud profile, and who says so.

    Attributes:
        profile (str): "" where the installation has no cloud profiles.
        source (str): profile, directory, seller, own or record.
        source_text (str): The same in words.
        customers (list[CustomerAnswer]):
        passed_over (list[str]): Why a source that comes first was passed over, in words.
        next_cursor (None | str | Unset): Where the next page begins; null: this is the last one.
    """

    profile: str
    source: str
    source_text: str
    customers: list[CustomerAnswer]
    passed_over: list[str]
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        profile = self.profile

        source = self.source

        source_text = self.source_text

        customers = []
        for customers_item_data in self.customers:
            customers_item = customers_item_data.to_dict()
            customers.append(customers_item)

        passed_over = self.passed_over

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "profile": profile,
                "source": source,
                "source_text": source_text,
                "customers": customers,
                "passed_over": passed_over,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_answer import CustomerAnswer  # noqa: PLC0415

        d = dict(src_dict)
        profile = d.pop("profile")

        source = d.pop("source")

        source_text = d.pop("source_text")

        customers = []
        _customers = d.pop("customers")
        for customers_item_data in _customers:
            customers_item = CustomerAnswer.from_dict(customers_item_data)

            customers.append(customers_item)

        passed_over = cast(list[str], d.pop("passed_over"))

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        customers_answer = cls(
            profile=profile,
            source=source,
            source_text=source_text,
            customers=customers,
            passed_over=passed_over,
            next_cursor=next_cursor,
        )

        customers_answer.additional_properties = d
        return customers_answer

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
