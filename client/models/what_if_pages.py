from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WhatIfPages")


@_attrs_define
class WhatIfPages:
    """Where the parts of the history end, so that several can be asked for at the same time.

    Attributes:
        ends (list[int]): Last places of the next parts in the log; what is after the last one is a part as well.
        next_ (int | None): After which place more ends are to be asked for; null: these are all.
        until (int): Where the history ends that is looked at.
        at_once (int): How many parts are decided at the same time; one where the history is short, or there is one
            core.
    """

    ends: list[int]
    next_: int | None
    until: int
    at_once: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ends = self.ends

        next_: int | None
        next_ = self.next_

        until = self.until

        at_once = self.at_once

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ends": ends,
                "next": next_,
                "until": until,
                "at_once": at_once,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ends = cast(list[int], d.pop("ends"))

        def _parse_next_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        next_ = _parse_next_(d.pop("next"))

        until = d.pop("until")

        at_once = d.pop("at_once")

        what_if_pages = cls(
            ends=ends,
            next_=next_,
            until=until,
            at_once=at_once,
        )

        what_if_pages.additional_properties = d
        return what_if_pages

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
