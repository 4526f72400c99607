from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Lock")


@_attrs_define
class Lock:
    """One lock of the organization.

    Attributes:
        lock (str): organization (the place for a live switch), commerce or administration.
        held_from (datetime.datetime):
        promised_end_at (datetime.datetime):
        released_at (datetime.datetime | None): null while it is held.
        is_promise_kept (bool | None): Whether it was given back by the promised end; null while it is held, or where
            nobody promised one.
        is_promised (bool | Unset): False of a switch by hand: its operator starts each step, and so decides when the
            lock ends. Default: True.
    """

    lock: str
    held_from: datetime.datetime
    promised_end_at: datetime.datetime
    released_at: datetime.datetime | None
    is_promise_kept: bool | None
    is_promised: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lock = self.lock

        held_from = self.held_from.isoformat()

        promised_end_at = self.promised_end_at.isoformat()

        released_at: None | str
        if isinstance(self.released_at, datetime.datetime):
            released_at = self.released_at.isoformat()
        else:
            released_at = self.released_at

        is_promise_kept: bool | None
        is_promise_kept = self.is_promise_kept

        is_promised = self.is_promised

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lock": lock,
                "held_from": held_from,
                "promised_end_at": promised_end_at,
                "released_at": released_at,
                "is_promise_kept": is_promise_kept,
            }
        )
        if is_promised is not UNSET:
            field_dict["is_promised"] = is_promised

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        lock = d.pop("lock")

        held_from = datetime.datetime.fromisoformat(d.pop("held_from"))

        promised_end_at = datetime.datetime.fromisoformat(d.pop("promised_end_at"))

        def _parse_released_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                released_at_type_0 = datetime.datetime.fromisoformat(data)

                return released_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        released_at = _parse_released_at(d.pop("released_at"))

        def _parse_is_promise_kept(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        is_promise_kept = _parse_is_promise_kept(d.pop("is_promise_kept"))

        is_promised = d.pop("is_promised", UNSET)

        lock = cls(
            lock=lock,
            held_from=held_from,
            promised_end_at=promised_end_at,
            released_at=released_at,
            is_promise_kept=is_promise_kept,
            is_promised=is_promised,
        )

        lock.additional_properties = d
        return lock

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
