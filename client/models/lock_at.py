from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LockAt")


@_attrs_define
class LockAt:
    """One lock of the organization at a moment, whoever held it.

    Attributes:
        lock (str): organization (the place for a live switch), commerce or administration.
        switch_id (str): "" of the credit check of a purchase.
        is_own (bool):
        since (datetime.datetime):
        promised_end_at (datetime.datetime):
    """

    lock: str
    switch_id: str
    is_own: bool
    since: datetime.datetime
    promised_end_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lock = self.lock

        switch_id = self.switch_id

        is_own = self.is_own

        since = self.since.isoformat()

        promised_end_at = self.promised_end_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lock": lock,
                "switch_id": switch_id,
                "is_own": is_own,
                "since": since,
                "promised_end_at": promised_end_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        lock = d.pop("lock")

        switch_id = d.pop("switch_id")

        is_own = d.pop("is_own")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        promised_end_at = datetime.datetime.fromisoformat(d.pop("promised_end_at"))

        lock_at = cls(
            lock=lock,
            switch_id=switch_id,
            is_own=is_own,
            since=since,
            promised_end_at=promised_end_at,
        )

        lock_at.additional_properties = d
        return lock_at

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
