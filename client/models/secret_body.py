from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SecretBody")


@_attrs_define
class SecretBody:
    """A new secret.

    Attributes:
        reason (str):
        request_id (str | Unset): The same one acts once.
        overlap_hours (int | Unset): How long the secret before signs beside it; 0 ends it at once, such as after a
            leak. Default: 24.
    """

    reason: str
    request_id: str | Unset = UNSET
    overlap_hours: int | Unset = 24

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        overlap_hours = self.overlap_hours

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if overlap_hours is not UNSET:
            field_dict["overlap_hours"] = overlap_hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        overlap_hours = d.pop("overlap_hours", UNSET)

        secret_body = cls(
            reason=reason,
            request_id=request_id,
            overlap_hours=overlap_hours,
        )

        return secret_body
