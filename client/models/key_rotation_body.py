from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KeyRotationBody")


@_attrs_define
class KeyRotationBody:
    """How a key is replaced.

    Attributes:
        reason (str):
        days (int | Unset): How long the new one is valid. Default: 90.
        overlap_hours (int | Unset): How long the old one goes on. Default: 24.
    """

    reason: str
    days: int | Unset = 90
    overlap_hours: int | Unset = 24

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        days = self.days

        overlap_hours = self.overlap_hours

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if days is not UNSET:
            field_dict["days"] = days
        if overlap_hours is not UNSET:
            field_dict["overlap_hours"] = overlap_hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        days = d.pop("days", UNSET)

        overlap_hours = d.pop("overlap_hours", UNSET)

        key_rotation_body = cls(
            reason=reason,
            days=days,
            overlap_hours=overlap_hours,
        )

        return key_rotation_body
