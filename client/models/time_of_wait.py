from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.wait_kind import WaitKind, check_wait_kind

T = TypeVar("T", bound="TimeOfWait")


@_attrs_define
class TimeOfWait:
    """How long a switch waited for one kind of thing.

    Attributes:
        kind (WaitKind): The waits of a switch.
        waits (int):
        seconds (float):
    """

    kind: WaitKind
    waits: int
    seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        waits = self.waits

        seconds = self.seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "waits": waits,
                "seconds": seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = check_wait_kind(d.pop("kind"))

        waits = d.pop("waits")

        seconds = d.pop("seconds")

        time_of_wait = cls(
            kind=kind,
            waits=waits,
            seconds=seconds,
        )

        time_of_wait.additional_properties = d
        return time_of_wait

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
