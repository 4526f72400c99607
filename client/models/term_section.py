from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TermSection")


@_attrs_define
class TermSection:
    """How long the new plan runs, and how it is billed.

    Attributes:
        term (str):
        billing_cycle (str):
        auto_renew (None | str | Unset): Only where it does not renew as the old plan does.
    """

    term: str
    billing_cycle: str
    auto_renew: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        term = self.term

        billing_cycle = self.billing_cycle

        auto_renew: None | str | Unset
        if isinstance(self.auto_renew, Unset):
            auto_renew = UNSET
        else:
            auto_renew = self.auto_renew

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "term": term,
                "billing_cycle": billing_cycle,
            }
        )
        if auto_renew is not UNSET:
            field_dict["auto_renew"] = auto_renew

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        term = d.pop("term")

        billing_cycle = d.pop("billing_cycle")

        def _parse_auto_renew(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        auto_renew = _parse_auto_renew(d.pop("auto_renew", UNSET))

        term_section = cls(
            term=term,
            billing_cycle=billing_cycle,
            auto_renew=auto_renew,
        )

        term_section.additional_properties = d
        return term_section

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
