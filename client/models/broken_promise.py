from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BrokenPromise")


@_attrs_define
class BrokenPromise:
    """A promised or planned end that passed.

    Attributes:
        promise (str): Lock, wait or promise by its name.
        promised_at (datetime.datetime):
        kept_at (datetime.datetime | None): null: it is still due.
        late_seconds (float):
    """

    promise: str
    promised_at: datetime.datetime
    kept_at: datetime.datetime | None
    late_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        promise = self.promise

        promised_at = self.promised_at.isoformat()

        kept_at: None | str
        if isinstance(self.kept_at, datetime.datetime):
            kept_at = self.kept_at.isoformat()
        else:
            kept_at = self.kept_at

        late_seconds = self.late_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "promise": promise,
                "promised_at": promised_at,
                "kept_at": kept_at,
                "late_seconds": late_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        promise = d.pop("promise")

        promised_at = datetime.datetime.fromisoformat(d.pop("promised_at"))

        def _parse_kept_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kept_at_type_0 = datetime.datetime.fromisoformat(data)

                return kept_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        kept_at = _parse_kept_at(d.pop("kept_at"))

        late_seconds = d.pop("late_seconds")

        broken_promise = cls(
            promise=promise,
            promised_at=promised_at,
            kept_at=kept_at,
            late_seconds=late_seconds,
        )

        broken_promise.additional_properties = d
        return broken_promise

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
