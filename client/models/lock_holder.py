from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="LockHolder")


@_attrs_define
class LockHolder:
    """Who holds a lock, since when, and when its end is promised.

    Attributes:
        switch_id (str): "" of the credit check of a purchase, which no switch has ordered.
        since (datetime.datetime):
        promised_end (datetime.datetime): As it was promised last.
        waits_for (str | Unset): For whom or what it waits where nobody can promise an end; "": the promise stands.
            Default: ''.
    """

    switch_id: str
    since: datetime.datetime
    promised_end: datetime.datetime
    waits_for: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        since = self.since.isoformat()

        promised_end = self.promised_end.isoformat()

        waits_for = self.waits_for

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "since": since,
                "promised_end": promised_end,
            }
        )
        if waits_for is not UNSET:
            field_dict["waits_for"] = waits_for

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        promised_end = datetime.datetime.fromisoformat(d.pop("promised_end"))

        waits_for = d.pop("waits_for", UNSET)

        lock_holder = cls(
            switch_id=switch_id,
            since=since,
            promised_end=promised_end,
            waits_for=waits_for,
        )

        lock_holder.additional_properties = d
        return lock_holder

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
