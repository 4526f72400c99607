from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ExtensionBody")


@_attrs_define
class ExtensionBody:
    """A credit check that may take longer.

    Attributes:
        reason (str):
        request_id (str | Unset):
        days (int | Unset): In the unit of the rule set's wait, mostly business days. Default: 2.
    """

    reason: str
    request_id: str | Unset = UNSET
    days: int | Unset = 2

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        days = self.days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if days is not UNSET:
            field_dict["days"] = days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        days = d.pop("days", UNSET)

        extension_body = cls(
            reason=reason,
            request_id=request_id,
            days=days,
        )

        return extension_body
