from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlannedLock")


@_attrs_define
class PlannedLock:
    """What is locked from one step to the end of another.

    Attributes:
        lock (str):
        what (str):
        from_step (str):
        to_step (str):
        promised_seconds (int | None): null: as long as the steps take.
    """

    lock: str
    what: str
    from_step: str
    to_step: str
    promised_seconds: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lock = self.lock

        what = self.what

        from_step = self.from_step

        to_step = self.to_step

        promised_seconds: int | None
        promised_seconds = self.promised_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lock": lock,
                "what": what,
                "from_step": from_step,
                "to_step": to_step,
                "promised_seconds": promised_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        lock = d.pop("lock")

        what = d.pop("what")

        from_step = d.pop("from_step")

        to_step = d.pop("to_step")

        def _parse_promised_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        promised_seconds = _parse_promised_seconds(d.pop("promised_seconds"))

        planned_lock = cls(
            lock=lock,
            what=what,
            from_step=from_step,
            to_step=to_step,
            promised_seconds=promised_seconds,
        )

        planned_lock.additional_properties = d
        return planned_lock

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
